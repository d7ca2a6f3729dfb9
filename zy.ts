import { readFileSync } from "node:fs";
import { buildImage, writeOciLayout } from "./test/support/image-builder.ts";
const tar = readFileSync("/tmp/w/oci/base.tar");
for (const c of ["gzip", "zstd", "none"] as const) {
writeOciLayout("/tmp/w/oci/lay-" + c, { latest: buildImage([{ tar, compression: c }, { entries: [{ path: "app/node_modules/lodash/package.json", content: '{"name":"lodash","version":"4.17.15"}' }] }]) });
}
