// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { OciError, parseImageConfig } from "#oci";

const DIFF_ID = `sha256:${"0a".repeat(32)}`;
const CONFIG = { os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [DIFF_ID] } };

const EMPTY = {
  platform: { os: "linux", architecture: "amd64" },
  diffIds: [DIFF_ID],
  ...{ entrypoint: [], command: [], labels: {}, env: [], exposedPorts: [], volumes: [], onBuild: [], history: [] },
};

function parse(value: unknown): ReturnType<typeof parseImageConfig> {
  return parseImageConfig(Buffer.from(JSON.stringify(value)));
}

describe("parseImageConfig", () => {
  it("reads what we need", () => {
    const config = parse({
      ...CONFIG,
      variant: "v8",
      created: "2026-01-01T00:00:00Z",
      config: {
        ...{ User: "app", Entrypoint: ["/e"], Cmd: ["c"], Labels: { a: "b" }, Env: ["PATH=/bin"], WorkingDir: "/srv" },
        ...{ ExposedPorts: { "80/tcp": {} }, Volumes: { "/data": {} }, OnBuild: ["RUN x"] },
        Healthcheck: { Test: ["CMD", "true"], Interval: 1 },
      },
      history: [
        { created_by: "ADD", created: "2025-01-01T00:00:00Z" },
        { created_by: "ENV", empty_layer: true, comment: "buildkit.dockerfile.v0" },
      ],
    });
    expect(config).toEqual({
      platform: { os: "linux", architecture: "amd64", variant: "v8" },
      created: "2026-01-01T00:00:00Z",
      diffIds: [DIFF_ID],
      user: "app",
      entrypoint: ["/e"],
      command: ["c"],
      labels: { a: "b" },
      env: ["PATH=/bin"],
      exposedPorts: ["80/tcp"],
      volumes: ["/data"],
      workingDir: "/srv",
      healthcheck: ["CMD", "true"],
      onBuild: ["RUN x"],
      history: [
        { createdBy: "ADD", isEmptyLayer: false, created: "2025-01-01T00:00:00Z" },
        { createdBy: "ENV", isEmptyLayer: true, comment: "buildkit.dockerfile.v0" },
      ],
    });
  });

  it("takes null, as Go writes it, for nothing", () => {
    const config = { User: "", Entrypoint: null, Cmd: null, Labels: null, Env: null, Healthcheck: null };
    expect(parse({ ...CONFIG, variant: "", config, history: null })).toEqual(EMPTY);
  });

  it("leaves out what only hints depend on and is not what it should be", () => {
    const config = {
      Env: "A=1",
      ExposedPorts: [1],
      Volumes: 2,
      WorkingDir: {},
      Healthcheck: { Test: "x" },
      OnBuild: 3,
    };
    expect(parse({ ...CONFIG, config })).toEqual(EMPTY);
  });

  it.each([
    { name: "no os", value: { ...CONFIG, os: undefined } },
    { name: "no rootfs", value: { ...CONFIG, rootfs: undefined } },
    { name: "a diffID that is no digest", value: { ...CONFIG, rootfs: { type: "layers", diff_ids: ["x"] } } },
    { name: "another kind of rootfs", value: { ...CONFIG, rootfs: { type: "other", diff_ids: [] } } },
    { name: "a command that is no list", value: { ...CONFIG, config: { Cmd: "sh" } } },
    { name: "a list", value: [] },
  ])("refuses $name", ({ value }) => {
    expect(() => parse(value)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });

  it("refuses a key that occurs twice", () => {
    const text = JSON.stringify(CONFIG).replace('"os"', '"os":"windows","os"');
    expect(() => parseImageConfig(Buffer.from(text))).toThrow(OciError);
  });
});

it.each([
  { name: "missing", value: { architecture: "amd64", rootfs: { type: "layers" } }, want: /the field "os" is missing$/ },
  {
    name: "another type",
    value: { os: 1, architecture: "amd64", rootfs: { type: "layers" } },
    want: /the field "os" has a value/,
  },
  { name: "no object", value: [], want: /no JSON object$/ },
])("says in a sentence what is wrong: $name", ({ value, want }) => {
  expect(() => parseImageConfig(Buffer.from(JSON.stringify(value)))).toThrow(want);
});
