// SPDX-License-Identifier: Apache-2.0

/**
 * A path of an archive as a path from the root of the image: `./a`, `/a`, `a/` and `b/../a` are `a`. `undefined` when
 * `..` leads out of the root.
 */
export function normaliseTarPath(path: string): string | undefined {
  let start = 0;
  let end = path.length;
  while (start < end && (path[start] === "/" || (path[start] === "." && path[start + 1] === "/"))) {
    start += 1;
  }
  while (end > start && path[end - 1] === "/") {
    end -= 1;
  }
  const trimmed = start === 0 && end === path.length ? path : path.slice(start, end);
  // Nearly every path ends here; the slow way is for dot files and for hostile archives.
  if (trimmed[0] !== "." && !trimmed.includes("//") && !trimmed.includes("/.")) {
    return trimmed;
  }
  const components: string[] = [];
  for (const component of trimmed.split("/")) {
    if (component === "..") {
      if (components.pop() === undefined) {
        return undefined;
      }
    } else if (component !== "" && component !== ".") {
      components.push(component);
    }
  }
  return components.join("/");
}
