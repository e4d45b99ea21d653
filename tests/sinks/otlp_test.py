#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""OTLP/HTTP logs to a receiver that takes nothing but the JSON form of the protocol."""

import http.server
import json
import os
import re
import ssl
import threading
import time

from lib import Answering, CUT, Cable, Forwarder, Log, certificates, equal, main, note, test, wait_for

# opentelemetry-proto: message -> field -> type.  A list is a repeated field.
MESSAGES = {
    "ExportLogsServiceRequest": {"resourceLogs": ["ResourceLogs"]},
    "ResourceLogs": {"resource": "Resource", "scopeLogs": ["ScopeLogs"], "schemaUrl": "string"},
    "Resource": {"attributes": ["KeyValue"], "droppedAttributesCount": "uint32"},
    "ScopeLogs": {"scope": "InstrumentationScope", "logRecords": ["LogRecord"],
                  "schemaUrl": "string"},
    "InstrumentationScope": {"name": "string", "version": "string", "attributes": ["KeyValue"],
                             "droppedAttributesCount": "uint32"},
    "LogRecord": {"timeUnixNano": "fixed64", "observedTimeUnixNano": "fixed64",
                  "severityNumber": "severity", "severityText": "string", "body": "AnyValue",
                  "attributes": ["KeyValue"], "droppedAttributesCount": "uint32",
                  "flags": "uint32", "traceId": "hex", "spanId": "hex", "eventName": "string"},
    "KeyValue": {"key": "string", "value": "AnyValue"},
    "AnyValue": {"stringValue": "string", "boolValue": "bool", "intValue": "int64",
                 "doubleValue": "double", "arrayValue": "ArrayValue",
                 "kvlistValue": "KeyValueList", "bytesValue": "base64"},
    "ArrayValue": {"values": ["AnyValue"]},
    "KeyValueList": {"values": ["KeyValue"]},
}
SCALARS = {
    "string": lambda v: isinstance(v, str),
    "bool": lambda v: isinstance(v, bool),
    "uint32": lambda v: type(v) is int and 0 <= v < 2**32,
    "severity": lambda v: type(v) is int and 1 <= v <= 24,
    "fixed64": lambda v: isinstance(v, str) and v.isdigit() and int(v) < 2**64,
    "int64": lambda v: isinstance(v, str) and re.fullmatch(r"-?\d{1,19}", v) is not None,
    "double": lambda v: isinstance(v, float),
    "hex": lambda v: isinstance(v, str) and re.fullmatch("[0-9a-f]*", v) is not None,
    "base64": lambda v: isinstance(v, str),
}


def judge(message, value, path):
    if message in SCALARS:
        if not SCALARS[message](value):
            raise ValueError("%s: not a %s: %r" % (path, message, value))
        return
    if not isinstance(value, dict):
        raise ValueError("%s: not an object" % path)
    if message == "AnyValue" and len(value) != 1:
        raise ValueError("%s: a oneof with %d fields" % (path, len(value)))
    for key, inner in value.items():
        kind = MESSAGES[message].get(key)
        if kind is None:
            raise ValueError("%s: no field %s in %s" % (path, key, message))
        if isinstance(kind, list):
            for i, item in enumerate(inner):
                judge(kind[0], item, "%s.%s[%d]" % (path, key, i))
        else:
            judge(kind, inner, path + "." + key)


class Receiver:
    """answers: what to say to the next requests before it takes them."""

    def __init__(self, pem=None):
        self.records, self.faults, self.answers, self.tokens, self.batches = [], [], [], [], 0
        receiver = self

        class Handler(Answering):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.body()
                status, answer, take = receiver.answers.pop(0) if receiver.answers else \
                    (200, b"{}", True)
                if take:
                    try:
                        receiver.take(self, body)
                    except Exception as e:  # anything is a fault of the sender
                        receiver.faults.append(repr(e))
                        status, answer = 400, b'{"code":3}'
                self.answer(answer, status, Content_Type="application/json")

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None
        if pem:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem("server.pem"), pem("server.key"))
            context.load_verify_locations(pem("ca.pem"))
            context.verify_mode = ssl.CERT_REQUIRED
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                     do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, request, body):
        if request.path != "/v1/logs" or request.headers["Content-Type"] != "application/json":
            raise ValueError("%s %s" % (request.path, request.headers["Content-Type"]))
        message = json.loads(body)
        judge("ExportLogsServiceRequest", message, "request")
        self.tokens.append(request.headers.get("Authorization"))
        self.batches += 1
        for resource in message["resourceLogs"]:
            keys = [a["key"] for a in resource["resource"]["attributes"]]
            equal(True, "service.name" in keys and "host.name" in keys, "resource")
            for scope in resource["scopeLogs"]:
                self.records += scope["logRecords"]

    def ids(self):
        return [json.loads(r["body"]["stringValue"])["id"] for r in self.records]


def sink(port, more=""):
    return ("  otel: { type: otlp, tls: off, to: 'http://127.0.0.1:%d/v1/logs'%s }\n" %
            (port, more))


@test
def records_arrive_once_in_order_and_in_form(where):
    receiver, log = Receiver(), Log(where)
    f = Forwarder(where, log, sink(receiver.port))
    log.write(1500)
    log.write(sev="high", **{"class": "integrity", "act": "enforcement-lost", "verdict": None})
    f.await_certain("otel", log.count)
    equal([], receiver.faults, "faults")
    equal(log.ids, receiver.ids(), "ids")
    first, last = receiver.records[0], receiver.records[-1]
    equal("1795229399000000000", first["timeUnixNano"], "time")
    equal((13, "WARN"), (first["severityNumber"], first["severityText"]), "a refusal")
    equal(21, last["severityNumber"], "integrity, high")
    equal({"stringValue": log.ids[0]},
          next(a["value"] for a in first["attributes"] if a["key"] == "log.record.uid"))
    note("%d records in %d requests" % (log.count, receiver.batches))
    f.stop()


@test
def receiver_that_says_no_is_asked_again(where):
    receiver, log = Receiver(), Log(where)
    partial = b'{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"too long"}}'
    receiver.answers = [(503, b"", False), (429, b"", False), (400, b"{}", False),
                        (200, partial, False), (200, b"<html>", False)]
    f = Forwarder(where, log, sink(receiver.port))
    log.write(200)
    seen = set()

    def delivered():
        seen.add(f.sink("otel").get("state", ""))
        return f.sink("otel").get("next") == 200

    wait_for("delivery", delivered, 60)
    equal(log.ids, receiver.ids(), "ids")
    for want in ("status 503", "status 400", "rejects records: too long", "not an answer"):
        equal(True, any(want in s for s in seen), "%s in %s" % (want, seen))
    f.stop()


@test
def link_that_is_cut_loses_nothing(where):
    receiver, log = Receiver(), Log(where)
    cable = Cable(receiver.port)
    f = Forwarder(where, log, sink(cable.port))
    log.write(100)
    f.await_certain("otel", 100)
    cable.cut()
    began = time.monotonic()
    while time.monotonic() - began < CUT:
        log.write(50)
        time.sleep(0.2)
    cable.drop()
    cable.mend()
    f.await_certain("otel", log.count, CUT + 60)
    equal(log.ids, list(dict.fromkeys(receiver.ids())), "ids")
    f.stop()


@test
def https_with_certificates_of_both_and_a_token(where):
    pem, log = certificates(where), Log(where)
    receiver = Receiver(pem)
    token = os.path.join(where, "token")
    with open(token, "w", encoding="ascii") as t:
        t.write("one-two\n")
    log.write(10)
    text = ("  otel:\n    type: otlp\n    format: ocsf\n    to: https://localhost:%d/v1/logs\n"
            "    token-file: %s\n    tls:\n      ca: %s\n      cert: %s\n      key: %s\n")
    f = Forwarder(where, log, text % (receiver.port, token, pem("stranger.pem"),
                                      pem("client.pem"), pem("client.key")))
    wait_for("a reason", lambda: "certificate" in f.sink("otel").get("state", "").lower())
    f.stop()
    f = Forwarder(where, log, text % (receiver.port, token, pem("ca.pem"), pem("client.pem"),
                                      pem("client.key")))
    f.await_certain("otel", 10)
    equal({"Bearer one-two"}, set(receiver.tokens), "tokens")
    equal(1001, json.loads(receiver.records[0]["body"]["stringValue"])["class_uid"], "OCSF")
    f.stop()


if __name__ == "__main__":
    main()
