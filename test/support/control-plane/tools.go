// SPDX-License-Identifier: Apache-2.0

//go:build tools

// Package controlplane only names what the cluster tests build: see README.md.
package controlplane

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
)
