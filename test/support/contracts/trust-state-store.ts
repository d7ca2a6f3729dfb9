// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { TrustStateStore } from "#signatures";

/** What every `TrustStateStore` must do. `open` gives the same store again, as another process would see it. */
export function describeTrustStateStoreContract(name: string, open: () => TrustStateStore): void {
  function bytes(text: string): Uint8Array {
    return Buffer.from(text);
  }

  describe(`${name} as a TrustStateStore`, () => {
    it("has nothing under a key that was never written", async () => {
      expect(await open().read("notary https://notary.example registry.example/none")).toBeUndefined();
    });

    it("gives back exactly what was written, to everybody", async () => {
      const key = "notary https://notary.example/ registry.example/a b\u0000'한";
      const value = Uint8Array.from([0, 255, 1, 0]);
      expect(await open().replace(key, undefined, value)).toBe(true);
      expect(Buffer.from((await open().read(key)) ?? []).toString("hex")).toBe("00ff0100");
    });

    it("the first that was seen is not overwritten by another first", async () => {
      const key = "first";
      expect(await open().replace(key, undefined, bytes("one"))).toBe(true);
      expect(await open().replace(key, undefined, bytes("two"))).toBe(false);
      expect(Buffer.from((await open().read(key)) ?? []).toString()).toBe("one");
    });

    it("only what was read is replaced", async () => {
      const key = "compare";
      await open().replace(key, undefined, bytes("1"));
      expect(await open().replace(key, bytes("0"), bytes("2"))).toBe(false);
      expect(await open().replace(key, bytes("1"), bytes("2"))).toBe(true);
      expect(Buffer.from((await open().read(key)) ?? []).toString()).toBe("2");
      expect(await open().replace("absent", bytes("1"), bytes("2"))).toBe(false);
      expect(await open().read("absent")).toBeUndefined();
    });

    it("keys do not mix", async () => {
      await open().replace("key", undefined, bytes("a"));
      await open().replace("key ", undefined, bytes("b"));
      expect(Buffer.from((await open().read("key")) ?? []).toString()).toBe("a");
    });

    it("of many at once exactly one wins", async () => {
      const won = await Promise.all(
        Array.from({ length: 8 }, (_, index) => open().replace("race", undefined, bytes(String(index)))),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(Buffer.from((await open().read("race")) ?? []).toString()).toBe(String(won.indexOf(true)));
    });
  });
}
