// Who may import whom. The drawing is a straight line: nothing reaches back. Checked in scripts/test.
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { pathNot: [from, ...allowed].map((p) => (/^[\^(]/.test(p) ? p : `^${p}`)) },
});

const npm = (...names) => names.map((n) => `(^|/)node_modules/${n}/`);

module.exports = {
  forbidden: [
    {
      name: "no-circles",
      comment: "A circle means that one of the two reaches back.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    only("model", "^src/model/", npm("zod"), "the words of the house: nothing but zod"),
    only("driver-kit", "^src/driver-kit/", ["src/model/", ...npm("zod")], "no I/O, no clock"),
    only("hl7", "^src/hl7/", [], "the codec stands alone"),
    {
      name: "drivers",
      comment: "a driver knows the kit, the model, HL7 and itself; never another driver",
      severity: "error",
      from: { path: "^drivers/([^/]+)/" },
      to: { pathNot: ["^drivers/$1/", "^src/(driver-kit|model|hl7)/", ...npm("zod")] },
    },
    only("normalize", "^src/normalize/", ["src/model/", "src/driver-kit/", "src/config/profile"], "pure: no I/O"),
    only("patient", "^src/patient/", ["src/model/", "src/driver-kit/contract", "src/config/site"], "pure: no I/O"),
    {
      name: "links-journal-sinks",
      comment: "bytes in and out know nothing of storage and delivery",
      severity: "error",
      from: { path: "^src/links/" },
      to: { path: "^src/", pathNot: "^src/(links|driver-kit|model|config/site|config/profile)" },
    },
    {
      name: "journal",
      comment: "the only SQL; it knows the model alone",
      severity: "error",
      from: { path: "^src/journal/" },
      to: { path: "^(src|drivers)/", pathNot: "^src/((journal|model)/|slab)" },
    },
    {
      name: "sqlite-in-journal-only",
      severity: "error",
      from: { pathNot: "^(src/journal/|test/|scripts/)" },
      to: { path: "(^|/)node_modules/sqlite3/" },
    },
    {
      name: "sinks",
      comment: "sinks know HL7, the model, and the journal's interface",
      severity: "error",
      from: { path: "^src/sinks/" },
      to: { path: "^(src|drivers)/", pathNot: "^src/(sinks|hl7|model|slab|journal/journal|config/(site|duration))" },
    },
    {
      name: "devices",
      comment: "a supervised device does not know where its readings go",
      severity: "error",
      from: { path: "^src/devices/" },
      to: { path: "^src/", pathNot: "^src/(devices|links|driver-kit|model|config)/" },
    },
    {
      name: "config",
      severity: "error",
      from: { path: "^src/config/" },
      to: { path: "^(src|drivers)/", pathNot: "^src/(config|model)/" },
    },
    {
      name: "console-and-cli",
      comment: "screens and commands call the gateway, never the database, a port or a destination",
      severity: "error",
      from: { path: "^src/(console|cli)/" },
      to: { path: "^src/(journal|links|sinks)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "pure-folders-touch-no-node",
      comment: "model, driver-kit, hl7, drivers, normalize and patient do no I/O and read no clock",
      severity: "error",
      from: { path: "^(src/(model|driver-kit|hl7|normalize|patient)|drivers)/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "nobody-imports-main",
      severity: "error",
      from: { path: "^(src|drivers)/", pathNot: "^src/cli/" },
      to: { path: "^src/main" },
    },
    {
      name: "product-imports-no-tests",
      severity: "error",
      from: { path: "^(src|drivers)/" },
      to: { path: "^(test|scripts)/" },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default"] },
  },
};
