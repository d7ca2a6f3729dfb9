// SPDX-License-Identifier: Apache-2.0

//go:build tools

// Package helm only names what the chart tests build: see README.md.
package helm

import (
	_ "helm.sh/helm/v4/cmd/helm"
)
