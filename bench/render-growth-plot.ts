// SPDX-License-Identifier: Apache-2.0

/** What one size of image costs each of the two programs. */
export interface GrowthPoint {
  readonly gigabytes: number;
  readonly ours: number;
  readonly peer: number;
}

/** One panel of the plot. */
export interface GrowthPanel {
  readonly title: string;
  readonly points: readonly GrowthPoint[];
}

const WIDTH = 420;
const HEIGHT = 300;
const MARGIN = { left: 60, right: 20, top: 40, bottom: 50 };
const COLOURS = { ours: "#0b6e4f", peer: "#b3541e" };

/** The panels side by side as an SVG image, the same bytes for the same figures. Both axes begin at zero and are linear. */
export function renderGrowthPlot(panels: readonly GrowthPanel[], peer: string): string {
  const parts = panels.map(
    (panel, index) => `<g transform="translate(${index * WIDTH} 0)">${renderPanel(panel, peer)}</g>`,
  );
  const width = WIDTH * panels.length;
  const label = `Cost of a scan by the size of the image, haechi and ${peer}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}"`,
    ` font-family="sans-serif" font-size="12" role="img" aria-label="${label}">`,
    `<rect width="${width}" height="${HEIGHT}" fill="#ffffff"/>`,
    ...parts,
    "</svg>\n",
  ].join("");
}

function renderPanel({ title, points }: GrowthPanel, peer: string): string {
  const xMax = Math.max(...points.map(({ gigabytes }) => gigabytes));
  const yMax = roundUp(Math.max(...points.flatMap(({ ours, peer: theirs }) => [ours, theirs])));
  function x(value: number): number {
    return round(MARGIN.left + (value / xMax) * (WIDTH - MARGIN.left - MARGIN.right));
  }
  function y(value: number): number {
    return round(HEIGHT - MARGIN.bottom - (value / yMax) * (HEIGHT - MARGIN.top - MARGIN.bottom));
  }
  function line(name: string, colour: string, valueOf: (point: GrowthPoint) => number): string {
    const places = points.map((point) => `${x(point.gigabytes)},${y(valueOf(point))}`);
    const dots = points.map(
      (point) => `<circle cx="${x(point.gigabytes)}" cy="${y(valueOf(point))}" r="3" fill="${colour}"/>`,
    );
    const last = points.at(-1) as GrowthPoint;
    const text = `<text x="${x(xMax) - 6}" y="${y(valueOf(last)) - 8}" text-anchor="end" fill="${colour}">${name}</text>`;
    return `<polyline points="${places.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join("")}${text}`;
  }
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = y(share * yMax);
    return `<path d="M${MARGIN.left} ${at}H${WIDTH - MARGIN.right}" stroke="#dddddd"/><text x="${MARGIN.left - 6}" y="${at + 4}" text-anchor="end">${round(share * yMax)}</text>`;
  });
  const sizes = points
    // the smallest two would overlap
    .filter(({ gigabytes }) => gigabytes >= 0.5)
    .map(
      ({ gigabytes }) =>
        `<text x="${x(gigabytes)}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="middle">${gigabytes}</text>`,
    );
  return [
    `<text x="${MARGIN.left}" y="22" font-weight="bold">${title}</text>`,
    ...ticks,
    ...sizes,
    `<text x="${x(xMax / 2)}" y="${HEIGHT - 12}" text-anchor="middle">GB of files in the image</text>`,
    line(peer, COLOURS.peer, (point) => point.peer),
    line("haechi", COLOURS.ours, (point) => point.ours),
  ].join("");
}

/** The next of 1, 2, 4, 6, 8 and 10 times a power of ten. */
function roundUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 6, 8, 10].find((step) => step * unit >= value) ?? 10) * unit;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
