// SPDX-License-Identifier: Apache-2.0
import { prepareControlPlane } from "../test/support/control-plane/build-control-plane.ts";

// `npm run prepare:control-plane`: builds the Kubernetes control plane of the cluster tests unless it is there.

const { kubeApiserver } = prepareControlPlane((line) => console.log(line));
console.log(`Kubernetes control plane: ${kubeApiserver}`);
