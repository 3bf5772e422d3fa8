// uPlot as a component: built once, fed with new columns, rebuilt when its shape or the colour scheme changes.
import uPlot from '../../vendor/uPlot.esm.js';
import { html, Component } from '../html.js';
import { clock } from '../format.js';
import { onTheme, theme } from './theme.js';

/**
 * A time chart.
 * Props: `shape` (text; a change rebuilds), `options(theme)` (series, scales, axes of uPlot), `data` (columns),
 * `stamp` (a change redraws), `height` (CSS pixels), `label` (what it shows, for screen readers),
 * `tell(index)` (lines of the tooltip: [{ name, value, colour }]).
 */
export class Chart extends Component {
  componentDidMount() {
    this.stopTheme = onTheme(() => this.build());
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(this.place);
    this.build();
  }

  componentWillUnmount() {
    this.stopTheme();
    this.sizes.disconnect();
    this.plot?.destroy();
  }

  // The canvas is uPlot's; Preact draws the frame around it once.
  shouldComponentUpdate(next) {
    const before = this.props;
    this.props = next;
    if (next.shape !== before.shape || next.height !== before.height) {
      this.build();
    } else if (next.stamp !== before.stamp && this.plot) {
      this.plot.setData(next.data);
      this.refreshTip();
    }
    return next.label !== before.label;
  }

  build() {
    this.plot?.destroy();
    const colours = theme();
    const { axes = [], series, scales, bands, hooks = {}, plugins = [] } = this.props.options(colours);
    const axis = (own) => ({
      stroke: colours.dim,
      font: '11px system-ui, sans-serif',
      grid: { stroke: colours.grid, width: 1 },
      ticks: { show: false },
      ...own,
    });
    this.plot = new uPlot({
      width: Math.max(80, this.place.clientWidth),
      height: this.props.height,
      ms: 1,
      padding: [8, 14, 0, 0],
      legend: { show: false },
      cursor: { points: { show: false }, drag: { x: false, y: false }, y: false },
      scales,
      series,
      bands,
      plugins,
      axes: [
        axis({ space: 56, size: 24, gap: 4, values: timeLabels, ...axes[0] }),
        axis({ size: 44, gap: 4, space: 28, ...axes[1] }),
      ],
      hooks: { ...hooks, setCursor: [() => this.refreshTip()] },
    }, this.props.data, this.place);
    this.tip = document.createElement('div');
    this.tip.className = 'tip';
    this.tip.hidden = true;
    this.plot.over.append(this.tip);
  }

  fit() {
    const width = this.place.clientWidth;
    if (this.plot && width > 0 && Math.abs(width - this.plot.width) > 1) {
      this.plot.setSize({ width, height: this.props.height });
    }
  }

  refreshTip() {
    const { idx, left } = this.plot.cursor;
    const at = idx !== null && idx !== undefined && left >= 0 ? this.plot.data[0][idx] : null;
    const lines = at !== null && at !== undefined ? this.props.tell?.(idx) : null;
    if (this.tip) {
      this.tip.hidden = !lines;
    }
    if (!lines) {
      return;
    }
    const rows = lines.map(({ name, value, colour }) => {
      const row = document.createElement('div');
      const dot = document.createElement('i');
      dot.style.background = colour ?? 'transparent';
      const label = document.createElement('span');
      label.textContent = name;
      const figure = document.createElement('b');
      figure.textContent = value;
      row.append(dot, label, figure);
      return row;
    });
    const time = document.createElement('time');
    time.textContent = clock(at);
    this.tip.replaceChildren(time, ...rows);
    const width = this.plot.over.clientWidth;
    this.tip.style.transform = `translateX(${left > width / 2 ? left - this.tip.offsetWidth - 12 : left + 12}px)`;
  }

  render({ label, height }) {
    return html`<div class="chart" role="img" aria-label=${label} style=${{ minHeight: `${height}px` }}
      ref=${(place) => { this.place = place ?? this.place; }}></div>`;
  }
}

// Seconds only where the ticks are closer than a minute; none so close to the right edge that it would be cut.
const timeLabels = (plot, splits, axis, space, step) => {
  const { min, max } = plot.scales.x;
  const half = step >= 60_000 ? 16 : 26;
  const last = max - ((half - 12) / Math.max(1, plot.bbox.width / (window.devicePixelRatio || 1))) * (max - min);
  return splits.map((split) => (split > last ? '' : step >= 60_000 ? clock(split).slice(0, 5) : clock(split)));
};

/** A logarithmic scale for latencies, and its axis: a line for each power of ten. */
export const latencyScale = {
  distr: 3,
  range: (_, low, high) => [
    10 ** Math.floor(Math.log10(Math.max(low ?? 0.01, 1e-4))),
    10 ** Math.max(Math.ceil(Math.log10(Math.max(high ?? 1, 1e-3))), Math.floor(Math.log10(Math.max(low ?? 0.01, 1e-4))) + 1),
  ],
};

/** Powers of ten between the ends of a scale. */
export const decades = (_, axis, low, high) => {
  const found = [];
  for (let power = Math.ceil(Math.log10(low) - 1e-9); 10 ** power <= high * 1.001; power++) {
    found.push(10 ** power);
  }
  return found;
};

/** A straight line across the chart at `value` of the y scale, with a word above it. */
export function limitLine(value, text, colour) {
  return {
    hooks: {
      draw: [(plot) => {
        const at = value();
        if (at === null || at < plot.scales.y.min || at > plot.scales.y.max) {
          return;
        }
        const y = Math.round(plot.valToPos(at, 'y', true));
        const { left, width } = plot.bbox;
        const ratio = window.devicePixelRatio || 1;
        const pen = plot.ctx;
        pen.save();
        pen.strokeStyle = colour;
        pen.fillStyle = colour;
        pen.lineWidth = 1.5 * ratio;
        pen.setLineDash([5 * ratio, 4 * ratio]);
        pen.beginPath();
        pen.moveTo(left, y);
        pen.lineTo(left + width, y);
        pen.stroke();
        pen.font = `${11 * ratio}px system-ui, sans-serif`;
        pen.textAlign = 'right';
        const above = y - plot.bbox.top > 16 * ratio;
        pen.textBaseline = above ? 'bottom' : 'top';
        pen.fillText(text, left + width - 2 * ratio, y + (above ? -2 : 2) * ratio);
        pen.restore();
      }],
    },
  };
}
