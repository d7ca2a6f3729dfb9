// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { fromMessageColumn, toMessageColumn } from "./registry-job-message.ts";

it("a message comes back as it was stored, its texts cut to what is worth reading", () => {
  const params = { count: 3, name: "a\0b", long: "x".repeat(10_000), why: { en: "since", ko: "때문에" } };
  const stored = fromMessageColumn(toMessageColumn({ code: "at", params }));
  expect(stored).toMatchObject({ code: "at", params: { count: 3, name: "a\uFFFDb", why: params.why } });
  expect(stored.params["long"]).toHaveLength(2_000);
});

it.each(["COPY_INCOMPLETE: 2 images", "", "null", "[]", '{"code":1,"params":{}}', '{"code":"at","params":null}', "{"])(
  "what an earlier version wrote is shown as it is: %j",
  (text) => {
    expect(fromMessageColumn(text)).toEqual({ code: "TEXT", params: { text } });
  },
);
