// SPDX-License-Identifier: Apache-2.0
import { BlockList, isIP } from "node:net";
import { HttpError } from "./errors.ts";

/**
 * IPv4 networks that are not the public internet (IANA "IPv4 Special-Purpose Address Registry", multicast and class E):
 * this host, private, carrier-grade NAT, loopback, link-local with the metadata services of clouds, tests and examples.
 */
const SPECIAL_IPV4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];

/**
 * Within the global unicast space, what leads into IPv4 again (Teredo, 6to4) or nowhere. Everything outside of that
 * space is refused as a whole: `::1`, unique-local, link-local, multicast, IPv4-mapped, NAT64 (RFC 6052, RFC 8215).
 */
const SPECIAL_IPV6: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

interface PublicInternet {
  readonly special: BlockList;
  readonly globalUnicast: BlockList;
}

let publicInternet: PublicInternet | undefined;

/** Made when an address is first judged: most runs of the command line judge none. */
function openPublicInternet(): PublicInternet {
  const [special, globalUnicast] = [new BlockList(), new BlockList()];
  for (const [network, bits] of SPECIAL_IPV4) {
    special.addSubnet(network, bits, "ipv4");
  }
  for (const [network, bits] of SPECIAL_IPV6) {
    special.addSubnet(network, bits, "ipv6");
  }
  globalUnicast.addSubnet("2000::", 3, "ipv6");
  return { special, globalUnicast };
}

/** Whether an IP address (as text, without brackets) is one of the public internet. What is no address is not. */
export function isPublicAddress(address: string): boolean {
  const plain = withoutZone(address);
  publicInternet ??= openPublicInternet();
  const { special, globalUnicast } = publicInternet;
  switch (isIP(plain)) {
    case 4:
      return !special.check(plain, "ipv4");
    case 6:
      return globalUnicast.check(plain, "ipv6") && !special.check(plain, "ipv6");
    default:
      return false;
  }
}

/** Whether the address is this machine, in any form in which a socket reports it. */
export function isLoopbackAddress(address: string): boolean {
  const plain = withoutZone(address).replace(/^::ffff:/i, "");
  return plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."));
}

/** Hosts and networks that an administrator named. */
export interface AddressSet {
  hasHost(hostname: string): boolean;
  hasAddress(address: string): boolean;
}

/** A set of host names, addresses and CIDRs. Throws `HTTP_OPTIONS_INVALID` for an entry that is none of these. */
export function createAddressSet(entries: readonly string[]): AddressSet {
  const hosts = new Set<string>();
  const networks = new BlockList();
  for (const entry of entries) {
    const [network = "", bits, ...rest] = unbracketed(entry.trim()).split("/");
    const family = isIP(network);
    const width = family === 6 ? 128 : 32;
    if (family === 0 && bits === undefined && /^[a-z0-9_.-]+$/i.test(network)) {
      hosts.add(network.toLowerCase());
    } else if (family !== 0 && rest.length === 0 && isPrefixLength(bits, width)) {
      networks.addSubnet(network, bits === undefined ? width : Number(bits), family === 6 ? "ipv6" : "ipv4");
    } else {
      throw new HttpError(
        "HTTP_OPTIONS_INVALID",
        `expected a host, an address or a CIDR, found "${entry.slice(0, 100)}"`,
      );
    }
  }
  return {
    hasHost: (hostname) => hosts.has(hostname.toLowerCase()),
    hasAddress: (address) => {
      const plain = withoutZone(address);
      const family = isIP(plain);
      return family !== 0 && networks.check(plain, family === 6 ? "ipv6" : "ipv4");
    },
  };
}

/** The host of a URL as an address is written elsewhere: IPv6 without brackets. */
export function unbracketed(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}

function isPrefixLength(bits: string | undefined, width: number): boolean {
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= width);
}

function withoutZone(address: string): string {
  return address.split("%", 1)[0] ?? "";
}
