// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { createProxyBypass } from "./proxy-rules.ts";

describe("createProxyBypass", () => {
  it.each([
    { noProxy: "", url: "https://registry.example/", want: false },
    { noProxy: "", url: "http://127.0.0.1:5000/", want: true },
    { noProxy: "", url: "http://localhost/", want: true },
    { noProxy: "*", url: "https://registry.example/", want: true },
    { noProxy: "registry.example", url: "https://registry.example/", want: true },
    { noProxy: "registry.example", url: "https://a.registry.example/", want: true },
    { noProxy: "registry.example", url: "https://notregistry.example/", want: false },
    { noProxy: ".example, other", url: "https://registry.example/", want: true },
    { noProxy: "*.example", url: "https://registry.example/", want: true },
    { noProxy: "registry.example:5000", url: "https://registry.example:5000/", want: true },
    { noProxy: "registry.example:5000", url: "https://registry.example/", want: false },
    { noProxy: "10.0.0.0/8", url: "https://10.2.3.4/", want: true },
    { noProxy: "10.0.0.0/8", url: "https://11.2.3.4/", want: false },
    { noProxy: "fd00::1", url: "https://[fd00::1]/", want: true },
    { noProxy: "[fd00::1]", url: "https://[fd00::1]/", want: true },
  ])("NO_PROXY=$noProxy and $url: $want", ({ noProxy, url, want }) => {
    expect(createProxyBypass(noProxy)(new URL(url))).toBe(want);
  });
});
