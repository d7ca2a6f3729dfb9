// SPDX-License-Identifier: Apache-2.0
import { type LookupAddress, type LookupAllOptions, lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { type AddressSet, isLoopbackAddress, isPublicAddress, unbracketed } from "./address-rules.ts";
import { HttpError } from "./errors.ts";

/** How a name becomes addresses. */
export type NameLookup = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Where one conversation may lead. It begins at a host that the operator named and goes on to wherever answers point
 * (redirects, token realms): there only public addresses are reached, those that the operator allows, and the machine
 * that the operator's host itself is at. Otherwise a registry on the internet could have us ask the metadata service of
 * a cloud or a neighbour in the cluster (SSRF).
 */
export class Reach {
  readonly #allowed: AddressSet;
  readonly #addressed: Set<string> = new Set();
  readonly #lookup: NameLookup;

  constructor(allowed: AddressSet, lookup: NameLookup = systemLookup) {
    this.#allowed = allowed;
    this.#lookup = lookup;
  }

  /** Remembers the address at which the operator's host answered. */
  addressed(address: string): void {
    this.#addressed.add(isLoopbackAddress(address) ? "loopback" : address);
  }

  allows(hostname: string, address: string): boolean {
    return (
      isPublicAddress(address) ||
      this.#allowed.hasHost(unbracketed(hostname)) ||
      this.#allowed.hasAddress(address) ||
      this.#addressed.has(isLoopbackAddress(address) ? "loopback" : address)
    );
  }

  /**
   * Throws `ADDRESS_REFUSED` for an address in the URL itself. The URL parser has turned every spelling of an IPv4
   * address (`0x7f.1`, `2130706433`, `127.1`) into the usual one.
   */
  assertLiteral(url: URL): void {
    const host = unbracketed(url.hostname);
    if (isIP(host) !== 0 && !this.allows(host, host)) {
      throw refused(url.hostname, host);
    }
  }

  /** Resolves names for a connection and leaves out what may not be reached: judged is the very address that is connected to. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.#lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const allowed = addresses.filter(({ address }) => this.allows(hostname, address));
      const [first] = allowed;
      if (first === undefined) {
        callback(refused(hostname, addresses[0]?.address ?? "none"), []);
      } else if (options.all === true) {
        callback(null, allowed);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };

  /**
   * For a request through a proxy, which resolves the name by itself: throws when the name leads to a refused address
   * as far as this machine can tell; a name that only the proxy knows is left to the proxy's own rules.
   */
  async assertResolvable(url: URL): Promise<void> {
    this.assertLiteral(url);
    await new Promise<void>((resolve, reject) => {
      this.lookup(unbracketed(url.hostname), { all: true }, (error) =>
        error instanceof HttpError ? reject(error) : resolve(),
      );
    });
  }
}

function refused(hostname: string, address: string): HttpError {
  return new HttpError(
    "ADDRESS_REFUSED",
    `${hostname} is at ${address}, a private or special address to which only a setting or flag may lead; signatures.allowPrivateAddresses can allow it (of haechi verify: --allow-private ${hostname})`,
    { details: { host: hostname, address } },
  );
}
