// SPDX-License-Identifier: GPL-2.0-or-later
// usage: validate.js SCHEMAS FILE...
//
// TAP: each OSCAL file against NIST's JSON schema of its kind in SCHEMAS.
'use strict';
const fs = require('fs');
const path = require('path');
const Ajv = require('ajv').default;
const formats = require('ajv-formats').default;

const schemas = {
	'catalog': 'oscal_catalog_schema.json',
	'mapping-collection': 'oscal_mapping_schema.json',
	'assessment-plan': 'oscal_assessment-plan_schema.json',
	'assessment-results': 'oscal_assessment-results_schema.json',
	'component-definition': 'oscal_component_schema.json',
	'profile': 'oscal_profile_schema.json',
};
const validators = {};

function validator(folder, kind) {
	if (!validators[kind]) {
		const ajv = new Ajv({ allErrors: true, strict: false });
		formats(ajv);
		validators[kind] = ajv.compile(
			JSON.parse(fs.readFileSync(path.join(folder, schemas[kind]))));
	}
	return validators[kind];
}

// Complaints about one file.
function judge(folder, file) {
	const document = JSON.parse(fs.readFileSync(file));
	const kind = Object.keys(document)[0];
	if (!schemas[kind])
		return [`no schema is known for ${kind}`];
	const validate = validator(folder, kind);
	if (validate(document))
		return [];
	return validate.errors.slice(0, 10).map(e => `${e.instancePath} ${e.message}`);
}

const [folder, ...files] = process.argv.slice(2);
let failed = false;
console.log('TAP version 13');
files.forEach((file, i) => {
	const wrong = judge(folder, file);
	wrong.forEach(w => console.log(`# ${w}`));
	failed = failed || wrong.length > 0;
	console.log(`${wrong.length ? 'not ok' : 'ok'} ${i + 1} - schema of ${path.basename(file)}`);
});
console.log(`1..${files.length}`);
process.exitCode = failed || !files.length ? 1 : 0;
