// SPDX-License-Identifier: Apache-2.0

/** The name of Haechi's own registry in the Docker token flow: `service` of the challenge, audience of its tokens. */
export const HAECHI_REGISTRY_AUDIENCE = "haechi-registry";
