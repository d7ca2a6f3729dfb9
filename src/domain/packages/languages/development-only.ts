// SPDX-License-Identifier: Apache-2.0

/** What is only there for development: reached from its starts and from no other. What nothing reaches is kept. */
export function developmentOnly(
  starts: { readonly development: Iterable<string>; readonly production: Iterable<string> },
  next: (key: string) => Iterable<string>,
): (key: string) => boolean {
  const development = reachable(starts.development, next);
  const production = reachable(starts.production, next);
  return (key) => development.has(key) && !production.has(key);
}

/** What can be reached from the starts, themselves included. Each key is looked at once, so a cycle ends. */
function reachable(starts: Iterable<string>, next: (key: string) => Iterable<string>): ReadonlySet<string> {
  const seen = new Set(starts);
  const open = [...seen];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    for (const each of next(key)) {
      if (!seen.has(each)) {
        seen.add(each);
        open.push(each);
      }
    }
  }
  return seen;
}
