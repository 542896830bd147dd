// Prints the report of Khronos' validator on a glTF file: node validate.js VALIDATOR FILE
const fs = require('fs');
const path = require('path');
const [, , place, file] = process.argv;
const validator = require(place);
const beside = (uri) => fs.promises.readFile(path.resolve(path.dirname(file), decodeURI(uri)))
  .then((data) => new Uint8Array(data));
validator.validateBytes(new Uint8Array(fs.readFileSync(file)), { externalResourceFunction: beside })
  .then((report) => console.log(JSON.stringify(report)))
  .catch((error) => { console.error(String(error)); process.exit(1); });
