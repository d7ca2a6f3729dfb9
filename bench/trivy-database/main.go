// SPDX-License-Identifier: Apache-2.0

// Writes a vulnerability database that Trivy reads offline, from OSV records (JSON lines of Debian 12 and npm):
// go run . OUTPUT_FOLDER FILE.jsonl...
package main

import (
	"bufio"
	"encoding/json"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

type record struct {
	ID       string `json:"id"`
	Summary  string `json:"summary"`
	Affected []struct {
		Package struct {
			Ecosystem string `json:"ecosystem"`
			Name      string `json:"name"`
		} `json:"package"`
		Ranges []struct {
			Events []map[string]string `json:"events"`
		} `json:"ranges"`
	} `json:"affected"`
	Specific struct {
		Severity string `json:"severity"`
	} `json:"database_specific"`
}

type source struct {
	ID   string
	Name string
	URL  string
}

const (
	debian = "debian 12"
	npm    = "npm::GitHub Security Advisory npm"
)

func main() {
	folder := os.Args[1]
	must(os.MkdirAll(folder, 0o755))
	db, err := bbolt.Open(filepath.Join(folder, "trivy.db"), 0o644, &bbolt.Options{NoSync: true})
	must(err)
	must(db.Update(func(tx *bbolt.Tx) error {
		put(tx, "data-source", nil, debian, source{"debian", "Debian Security Tracker", "https://security-tracker.debian.org/tracker/data/json"})
		put(tx, "data-source", nil, npm, source{"ghsa", "GitHub Security Advisory npm", "https://github.com/advisories"})
		for _, file := range os.Args[2:] {
			read(file, func(each record) { write(tx, each) })
		}
		return nil
	}))
	must(db.Close())
	now := time.Now().UTC()
	metadata, err := json.Marshal(map[string]any{
		"Version": 2, "UpdatedAt": now, "NextUpdate": now.Add(240 * time.Hour), "DownloadedAt": now,
	})
	must(err)
	must(os.WriteFile(filepath.Join(folder, "metadata.json"), metadata, 0o644))
}

func read(file string, use func(record)) {
	in, err := os.Open(file)
	must(err)
	defer in.Close()
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var each record
		must(json.Unmarshal(lines.Bytes(), &each))
		use(each)
	}
	must(lines.Err())
}

func write(tx *bbolt.Tx, each record) {
	severity := map[string]string{"severity": each.Specific.Severity, "Severity": each.Specific.Severity}
	if each.Specific.Severity == "" {
		severity = map[string]string{"Severity": "UNKNOWN"}
	}
	put(tx, "vulnerability", nil, each.ID, map[string]any{"Title": each.Summary, "Severity": severity["Severity"]})
	for _, affected := range each.Affected {
		name := affected.Package.Name
		switch affected.Package.Ecosystem {
		case "Debian:12":
			put(tx, debian, []string{name}, each.ID, map[string]string{"FixedVersion": fixed(affected.Ranges[0].Events)})
		case "npm":
			ranges, patched := []string{}, []string{}
			for _, stretch := range affected.Ranges {
				text, end := describe(stretch.Events)
				ranges = append(ranges, text)
				if end != "" {
					patched = append(patched, end)
				}
			}
			put(tx, npm, []string{name}, each.ID, map[string][]string{"VulnerableVersions": ranges, "PatchedVersions": patched})
		}
	}
}

func fixed(events []map[string]string) string {
	for _, event := range events {
		if event["fixed"] != "" {
			return event["fixed"]
		}
	}
	return ""
}

func describe(events []map[string]string) (string, string) {
	parts := []string{}
	for _, event := range events {
		if start := event["introduced"]; start != "" && start != "0" {
			parts = append(parts, ">="+start)
		}
		if end := event["fixed"]; end != "" {
			parts = append(parts, "<"+end)
		}
		if last := event["last_affected"]; last != "" {
			parts = append(parts, "<="+last)
		}
	}
	if len(parts) == 0 {
		parts = append(parts, ">=0")
	}
	return strings.Join(parts, ", "), fixed(events)
}

func put(tx *bbolt.Tx, root string, below []string, key string, value any) {
	bucket, err := tx.CreateBucketIfNotExists([]byte(root))
	must(err)
	for _, name := range below {
		bucket, err = bucket.CreateBucketIfNotExists([]byte(name))
		must(err)
	}
	encoded, err := json.Marshal(value)
	must(err)
	must(bucket.Put([]byte(key), encoded))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
