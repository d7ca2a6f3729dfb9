// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { standardLibraryVersion } from "./go-version.ts";

describe("standardLibraryVersion", () => {
  it.each([
    { go: "go1.22.3", want: "1.22.3" },
    { go: "go1.20", want: "1.20.0" },
    { go: "go1.21rc2", want: "1.21.0-rc.2" },
    { go: "go1.19beta1", want: "1.19.0-beta.1" },
    { go: "go1.22.3 X:boringcrypto", want: "1.22.3" },
    { go: "go1.20.14-custom", want: "1.20.14" },
    { go: "go1.22.3 (Red Hat 1.22.3-1.el9)", want: "1.22.3" },
    { go: "devel go1.23-4f2a9c6 Tue Jan 2", want: "devel go1.23-4f2a9c6 Tue Jan 2" },
    { go: "go1.22.3x", want: "go1.22.3x" },
  ])("$go is $want", ({ go, want }) => {
    expect(standardLibraryVersion(go)).toBe(want);
  });
});
