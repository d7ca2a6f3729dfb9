// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { parseBasicCredentials } from "./basic-credentials.ts";

it.each([
  { name: "name and password", text: "alice:secret", want: { name: "alice", password: "secret" } },
  { name: "a password with colons", text: "alice:a:b:", want: { name: "alice", password: "a:b:" } },
  { name: "an empty password", text: "alice:", want: { name: "alice", password: "" } },
  { name: "Korean", text: "해치:비밀", want: { name: "해치", password: "비밀" } },
  { name: "no colon", text: "alice", want: undefined },
  { name: "no name", text: ":secret", want: undefined },
  { name: "a NUL", text: "alice\0:secret", want: undefined },
  { name: "a long name", text: `${"a".repeat(300)}:x`, want: undefined },
  { name: "a long password", text: `a:${"x".repeat(2_000)}`, want: undefined },
])("$name", ({ text, want }) => {
  expect(parseBasicCredentials(`Basic ${Buffer.from(text).toString("base64")}`)).toEqual(want);
});

it.each(["", "Basic", "Basic !!!", "Bearer abc", `Basic ${"A".repeat(10_000)}`])("%j is not Basic", (header) => {
  expect(parseBasicCredentials(header)).toBeUndefined();
});
