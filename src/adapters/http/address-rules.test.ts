// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAddressSet, isLoopbackAddress, isPublicAddress } from "./address-rules.ts";
import { HttpError } from "./errors.ts";

describe("isPublicAddress", () => {
  it.each([
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:10.0.0.1",
    "::ffff:0:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:a00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "",
    "localhost",
    "8.8.8",
    "0x7f.1",
  ])("%s is not", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(["1.1.1.1", "8.8.8.8", "172.15.0.1", "172.32.0.1", "100.128.0.1", "223.255.255.255", "2606:4700::1111"])(
    "%s is",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it("no IPv4 address becomes public by being written inside an IPv6 address", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isPublicAddress(`::ffff:${address}`)).toBe(false);
        expect(isPublicAddress(`64:ff9b::${address}`)).toBe(false);
      }),
    );
  });
});

describe("isLoopbackAddress", () => {
  it.each(["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])("%s is", (address) => {
    expect(isLoopbackAddress(address)).toBe(true);
  });
  it.each(["128.0.0.1", "127.evil.example", "::2", "", "::ffff:10.0.0.1"])("%s is not", (address) => {
    expect(isLoopbackAddress(address)).toBe(false);
  });
});

describe("createAddressSet", () => {
  it("holds hosts, addresses and networks, and nothing else", () => {
    const set = createAddressSet(["crl.internal", "10.1.2.3", "192.168.0.0/16", "[fd00::1]", "fd01::/32"]);
    expect(set.hasHost("CRL.internal")).toBe(true);
    expect(set.hasHost("a.crl.internal")).toBe(false);
    expect(["10.1.2.3", "192.168.77.1", "fd00::1", "fd01::5"].map((each) => set.hasAddress(each))).not.toContain(false);
    expect(["10.1.2.4", "192.169.0.1", "fd00::2", "crl.internal"].map((each) => set.hasAddress(each))).not.toContain(
      true,
    );
  });

  it.each(["", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "host/8", "http://host", "fd00::/129", "a b"])(
    "refuses “%s”",
    (entry) => {
      expect(() => createAddressSet([entry])).toThrow(HttpError);
    },
  );
});
