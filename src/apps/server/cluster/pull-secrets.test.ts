// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from "vitest";
import { KubeError, type KubeErrorCode, type KubeObject, type KubePlace } from "#kube";
import { PullSecrets } from "./pull-secrets.ts";

const CONFIG = '{"auths":{"registry.example":{"auth":"dTpw"}}}';
const QUESTION = { namespace: "team", names: [], serviceAccount: "runner" };

let objects: Map<string, KubeObject | KubeErrorCode>;
let asked: string[];
let now: number;
let secrets: PullSecrets;

beforeEach(() => {
  objects = new Map();
  asked = [];
  now = 0;
  const client = {
    async get({ resource, namespace, name }: KubePlace): Promise<KubeObject> {
      const key = `${resource.plural} ${namespace ?? ""}/${name ?? ""}`;
      asked.push(key);
      await Promise.resolve();
      const found = objects.get(key) ?? "NOT_FOUND";
      if (typeof found === "string") {
        throw new KubeError(found, "said");
      }
      return found;
    },
  };
  secrets = new PullSecrets({ client, log: { debug: () => {} } as never, now: () => now });
});

function put(name: string, data: Readonly<Record<string, string>>, namespace = "team"): void {
  const encoded = Object.entries(data).map(([field, text]) => [field, Buffer.from(text).toString("base64")] as const);
  objects.set(`secrets ${namespace}/${name}`, { metadata: { name, namespace }, data: Object.fromEntries(encoded) });
}

function putAccount(names: readonly unknown[], name = "runner"): void {
  objects.set(`serviceaccounts team/${name}`, { metadata: { name }, imagePullSecrets: names });
}

describe("read", () => {
  it("those that the Pod names, in its order; its service account is not asked then", async () => {
    put("a", { ".dockerconfigjson": '{"auths":{"a":{}}}' });
    put("b", { ".dockerconfigjson": '{"auths":{"b":{}}}' });
    putAccount([{ name: "c" }]);
    expect(await secrets.read({ ...QUESTION, names: ["b", "a", "b"] })).toEqual([
      '{"auths":{"b":{}}}',
      '{"auths":{"a":{}}}',
    ]);
    expect(asked).toEqual(["secrets team/b", "secrets team/a"]);
  });

  it("those of its service account, else", async () => {
    put("c", { ".dockerconfigjson": CONFIG });
    putAccount([{ name: "c" }, null, { name: 5 }, "c"]);
    expect(await secrets.read(QUESTION)).toEqual([CONFIG]);
    putAccount([{ name: "c" }], "default");
    expect(await secrets.read({ ...QUESTION, serviceAccount: "" })).toEqual([CONFIG]);
  });

  it("nothing of another namespace, whatever the name says", async () => {
    put("key", { ".dockerconfigjson": CONFIG }, "other");
    expect(await secrets.read({ ...QUESTION, names: ["key", "../other/key", "other/key"] })).toEqual([]);
    expect(asked.every((each) => each.includes(" team/"))).toBe(true);
  });

  it("both forms, and nothing that is none", async () => {
    put("old", { ".dockercfg": '{"registry.example":{"auth":"dTpw"}}' });
    put("list", { ".dockerconfigjson": "[]" });
    put("broken", { ".dockerconfigjson": "{", ".dockercfg": "{}}{" });
    put("other", { password: "x" });
    objects.set("secrets team/empty", { metadata: { name: "empty" } });
    objects.set("secrets team/odd", { metadata: { name: "odd" }, data: { ".dockerconfigjson": 7 } });
    const names = ["old", "list", "broken", "other", "empty", "odd"];
    expect(await secrets.read({ ...QUESTION, names })).toEqual([CONFIG]);
  });

  it.each(["NOT_FOUND", "FORBIDDEN", "UNREACHABLE", "TIMEOUT"] as const)(
    "a failure (%s) leaves one out and not the others",
    async (code) => {
      put("a", { ".dockerconfigjson": CONFIG });
      objects.set("secrets team/b", code);
      expect(await secrets.read({ ...QUESTION, names: ["b", "a"] })).toEqual([CONFIG]);
    },
  );

  it("of names without end only as many as are usual", async () => {
    await secrets.read({ ...QUESTION, names: Array.from({ length: 500 }, (_, index) => `n${index}`) });
    expect(asked).toHaveLength(32);
  });
});

describe("remember", () => {
  async function ask(): Promise<number> {
    const before = asked.length;
    await secrets.read({ ...QUESTION, names: ["a"] });
    return asked.length - before;
  }

  it("what was found for a minute, what was not there for five seconds, and a failure not at all", async () => {
    put("a", { ".dockerconfigjson": CONFIG });
    expect([await ask(), await ask()]).toEqual([1, 0]);
    now = 60_000;
    objects.delete("secrets team/a");
    expect([await ask(), await ask()]).toEqual([1, 0]);
    now = 65_000;
    objects.set("secrets team/a", "UNREACHABLE");
    expect([await ask(), await ask()]).toEqual([1, 1]);
  });

  it("one question for all that ask at once, and one that gives up does not end it for the others", async () => {
    put("a", { ".dockerconfigjson": CONFIG });
    const stop = new AbortController();
    const [first, second] = [
      secrets.read({ ...QUESTION, names: ["a"] }, stop.signal),
      secrets.read({ ...QUESTION, names: ["a"] }),
    ];
    stop.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    expect(await second).toEqual([CONFIG]);
    expect(asked).toHaveLength(1);
  });

  it("nothing that a registry refused", async () => {
    put("a", { ".dockerconfigjson": CONFIG });
    await ask();
    secrets.forget({ ...QUESTION, names: ["a"] });
    expect(await ask()).toBe(1);
    secrets.forget({ ...QUESTION, namespace: "tea", names: ["a"] });
    expect(await ask()).toBe(0);
  });

  it("no more bytes than it may", async () => {
    const large = JSON.stringify({ auths: { x: "y".repeat(900_000) } });
    for (let index = 0; index < 50; index += 1) {
      put(`n${index}`, { ".dockerconfigjson": large });
      await secrets.read({ ...QUESTION, names: [`n${index}`] });
    }
    const before = asked.length;
    await secrets.read({ ...QUESTION, names: ["n49"] });
    await secrets.read({ ...QUESTION, names: ["n0"] });
    expect(asked.slice(before)).toEqual(["secrets team/n0"]);
  });
});
