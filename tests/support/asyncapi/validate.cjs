// Prints each error and warning of AsyncAPI's own parser about the document named, one a line.
const { Parser } = require("@asyncapi/parser");
const { readFileSync } = require("node:fs");

new Parser().validate(readFileSync(process.argv[2], "utf-8")).then((faults) => {
  for (const fault of faults) {
    if (fault.severity < 2) console.log(`${fault.path.join("/")}: ${fault.message}`);
  }
});
