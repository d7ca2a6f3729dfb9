// SPDX-License-Identifier: Apache-2.0
// Lies beside the programs that `tools/bundle-programs.mjs` makes; `tools/pack-modules.mjs` writes what calls this.

const begun = new Map();

/** The exports of a module of a pack. It runs when it is first needed. */
function need(pack, name) {
  let found = begun.get(name);
  if (found === undefined) {
    found = {};
    // before it runs: two modules may need each other
    begun.set(name, found);
    require(pack)[name](found);
  }
  return found;
}

exports.need = need;
