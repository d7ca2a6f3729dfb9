// SPDX-License-Identifier: Apache-2.0

// Makes a database of Trivy with Trivy's own importers (trivy-db, the version inside the Trivy that the tests run) from
// records in their sources' forms: go run . RECORDS_FOLDER OUTPUT_FOLDER TARGET...
package main

import (
	"encoding/json"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/aquasecurity/trivy-db/pkg/db"
	"github.com/aquasecurity/trivy-db/pkg/vulndb"
)

func main() {
	records, output, targets := os.Args[1], os.Args[2], os.Args[3:]
	must(db.Init(output))
	must(vulndb.New(records, output, 240*time.Hour).Build(targets))
	must(db.Close())
	now := time.Now().UTC()
	metadata, err := json.Marshal(map[string]any{
		"Version": db.SchemaVersion, "UpdatedAt": now, "NextUpdate": now.Add(240 * time.Hour), "DownloadedAt": now,
	})
	must(err)
	must(os.WriteFile(filepath.Join(output, "metadata.json"), metadata, 0o644))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
