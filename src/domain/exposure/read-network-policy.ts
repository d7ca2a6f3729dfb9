// SPDX-License-Identifier: Apache-2.0
import { type Fields, fieldsOf, listOf } from "#pod-security";
import { readRange } from "./address-range.ts";
import type { IngressPolicy, IngressRule, ObjectName } from "./exposure-object.ts";
import { readLabelSelector } from "./label-selector.ts";
import { portOf, portOrNameOf, specOf, textOf, textsOf } from "./read-fields.ts";

/** Reads a NetworkPolicy as far as it is about what comes in. Throws UnreadableField. */
export function readNetworkPolicy(object: Fields, name: ObjectName): IngressPolicy {
  const spec = specOf(object);
  const types = textsOf(spec, "policyTypes", "spec");
  // without types it is about what comes in (networking.k8s.io/v1, `policyTypes`)
  const isAboutIngress = types.length === 0 || types.includes("Ingress");
  return {
    type: "networkPolicy",
    ...name,
    selector: readLabelSelector(spec["podSelector"], "spec.podSelector"),
    ...(isAboutIngress ? { rules: listOf(spec["ingress"], "spec.ingress").flatMap(readRule) } : {}),
  };
}

function readRule(rule: Fields): readonly IngressRule[] {
  const ports = listOf(rule["ports"], "spec.ingress.ports");
  // registries and logins are TCP; a rule for another protocol lets none of them in
  const tcp = ports.filter((each) => (textOf(each, "protocol", "spec.ingress.ports") || "TCP") === "TCP");
  if (ports.length > 0 && tcp.length === 0) {
    return [];
  }
  const ranges = tcp.map((each) => {
    const from = portOrNameOf(each, "port", "spec.ingress.ports");
    const to = portOf(each, "endPort", "spec.ingress.ports");
    return { from, ...(to === 0 ? {} : { to }) };
  });
  // a port without a number is every port of its protocol
  const named = ranges.filter((each): each is typeof each & { from: number | string } => each.from !== undefined);
  const isLimited = ports.length > 0 && named.length === ranges.length;
  return [{ from: originOf(rule), ...(isLimited ? { ports: named } : {}) }];
}

/** The widest of the peers decides; `except` takes away from everywhere, and leaves it that. */
function originOf(rule: Fields): IngressRule["from"] {
  const peers = listOf(rule["from"], "spec.ingress.from");
  if (peers.length === 0) {
    return "anywhere";
  }
  const blocks = peers.flatMap((peer) => {
    const { ipBlock } = peer;
    return ipBlock === undefined || ipBlock === null ? [] : [fieldsOf(ipBlock, "spec.ingress.from.ipBlock")];
  });
  if (blocks.some((block) => readRange(textOf(block, "cidr", "spec.ingress.from.ipBlock")).isWide)) {
    return "anywhere";
  }
  return blocks.length > 0 ? "addresses" : "pods";
}
