import { openImageSource } from "#image-source";
import { scanImage } from "#scanner";
const t = performance.now();
await using s = await openImageSource(process.argv[2]!);
const r = await scanImage(s, {});
for (const x of r) console.log(x.image.platform, x.inventory.status, x.inventory.distribution, x.inventory.packages.length, x.inventory.problems.slice(0, 5));
console.log("wall", performance.now() - t, "cpu", process.cpuUsage(), "rss", process.resourceUsage().maxRSS / 1024);
