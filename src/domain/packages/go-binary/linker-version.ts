// SPDX-License-Identifier: Apache-2.0

/** Variables that hold the version of a whole program, by the last part of their name. */
const VERSION_VARIABLE = /^(?:app|build|current|git|program|release)?_?version$/i;
const VERSION = /^v?(\d{1,8}\.\d{1,8}(?:\.\d{1,8})?(?:[-+][0-9A-Za-z.+-]{1,80})?)$/;
/** Flags of Kubernetes' programs have some hundred bytes. */
const MAX_FLAGS = 32 * 1024;
const MAX_SETTINGS = 200;
/** `-X importpath.name=value`, the whole or the value in quotes; also `-X=…`. */
const SETTING =
  /(?:^|\s)-X[ =](?:'([^'=\s]{1,300})=([^']{0,200})'|"([^"=\s]{1,300})=([^"]{0,200})"|([^'"=\s]{1,300})=['"]?([^'"\s]{0,200}))/g;

/**
 * The version that the linker was told to write into a variable of the program, with the leading `v` of Go's versions, or
 * `undefined`. Only of variables of the program itself (package `main` or below its module), and only when all of them say
 * the same: a program also carries versions of other things.
 */
export function linkerVersion(flags: string, modulePath: string): string | undefined {
  const found = new Set<string>();
  let count = 0;
  for (const [, name1, value1, name2, value2, name3, value3] of flags.slice(0, MAX_FLAGS).matchAll(SETTING)) {
    count += 1;
    const version = VERSION.exec(value1 ?? value2 ?? value3 ?? "")?.[1];
    if (version !== undefined && isVersionVariable(name1 ?? name2 ?? name3 ?? "", modulePath)) {
      found.add(version);
    }
    if (count === MAX_SETTINGS) {
      break;
    }
  }
  const [version] = found;
  return found.size === 1 && version !== undefined ? `v${version}` : undefined;
}

function isVersionVariable(name: string, modulePath: string): boolean {
  const dot = name.lastIndexOf(".");
  const owner = name.slice(0, dot);
  return (
    dot > 0 &&
    VERSION_VARIABLE.test(name.slice(dot + 1)) &&
    (owner === "main" || owner === modulePath || owner.startsWith(`${modulePath}/`))
  );
}
