// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { isAllowed } from "./licence-expression.ts";

describe("isAllowed", () => {
  it.each([
    { name: "a licence of the list", expression: "MIT", want: true },
    { name: "one allowed alternative is enough", expression: "(GPL-3.0-only OR MIT)", want: true },
    { name: "every part of a conjunction is needed", expression: "MIT AND GPL-2.0-only", want: false },
    { name: "all parts allowed", expression: "MIT AND ISC", want: true },
    { name: "copyleft", expression: "AGPL-3.0-only", want: false },
    { name: "weak copyleft of a package that is not named", expression: "LGPL-3.0-or-later", want: false },
    { name: "no licence", expression: "unknown", want: false },
    { name: "nothing", expression: "", want: false },
    { name: "a file instead of a licence", expression: "SEE LICENSE IN LICENSE.md", want: false },
    { name: "parentheses that it does not understand", expression: "(MIT) OR (GPL-2.0-only)", want: false },
  ])("$name", ({ expression, want }) => {
    expect(isAllowed(expression, "some-package", {})).toBe(want);
  });

  it("weak copyleft of a named package", () => {
    expect(isAllowed("LGPL-3.0-or-later", "openpgp", { openpgp: "LGPL-3.0-or-later" })).toBe(true);
    expect(isAllowed("GPL-3.0-only", "openpgp", { openpgp: "LGPL-3.0-or-later" })).toBe(false);
  });
});
