// Angle curves: drawn once, with a cursor that moves above them.

const FOOT_PX = 14;
const GUTTER_PX = 30;

class Charts {
  constructor(holder, recording, seek) {
    this.recording = recording;
    this.seek = seek;
    this.index = new Map(recording.columns.map((column, at) => [column.name, at]));
    this.charts = recording.panels.flatMap((names) => this.addPair(holder, names));
  }

  addPair(holder, names) {
    const pair = holder.appendChild(document.createElement("div"));
    pair.className = names.length === 1 ? "pair single" : "pair";
    const charts = names.map((name) => this.addChart(pair, this.recording.columns[this.index.get(name)]));
    for (const chart of charts) chart.beside = charts;
    return charts;
  }

  addChart(pair, column) {
    const box = pair.appendChild(document.createElement("div"));
    box.className = "chart";
    const title = box.appendChild(document.createElement("h3"));
    title.append(column.label);
    const values = title.appendChild(document.createElement("span"));
    const plot = box.appendChild(document.createElement("div"));
    plot.className = "plot";
    const canvas = plot.appendChild(document.createElement("canvas"));
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${column.label} over time`);
    const cursor = plot.appendChild(document.createElement("div"));
    cursor.className = "cursor";
    this.listen(plot);
    return { column, at: this.index.get(column.name), values, plot, canvas, cursor };
  }

  listen(plot) {
    const go = (event) => {
      const box = plot.getBoundingClientRect();
      const { times } = this.recording;
      const share = (event.clientX - box.left - GUTTER_PX) / (box.width - GUTTER_PX);
      this.seek(times[0] + Math.min(1, Math.max(0, share)) * (times[times.length - 1] - times[0]));
    };
    plot.addEventListener("pointerdown", (event) => { plot.setPointerCapture(event.pointerId); go(event); });
    plot.addEventListener("pointermove", (event) => { if (event.buttons & 1) go(event); });
  }

  valueAt(person, at, row) {
    return person.angles && row >= 0 && row < person.rows ? person.angles[row * this.recording.columns.length + at] : NaN;
  }

  rangeOf(charts) {
    let [low, high] = [Infinity, -Infinity];
    for (const chart of charts) {
      for (const person of this.recording.people) {
        if (!person.shown) continue;
        for (let row = 0; row < person.rows; row++) {
          const value = this.valueAt(person, chart.at, row);
          if (value < low) low = value;
          if (value > high) high = value;
        }
      }
    }
    if (low > high) return [0, 1];
    const room = Math.max((high - low) * 0.08, 2);
    return [low - room, high + room];
  }

  redraw() {
    const style = getComputedStyle(document.documentElement);
    this.colours = { grid: `rgba(${style.getPropertyValue("--grid").trim()},0.13)`, soft: style.getPropertyValue("--soft").trim() };
    for (const chart of this.charts) this.drawChart(chart);
  }

  drawChart(chart) {
    const pen = chart.canvas.getContext("2d");
    const { width, height } = fitCanvas(chart.canvas, pen);
    pen.clearRect(0, 0, width, height);
    const { times } = this.recording;
    const [low, high] = this.rangeOf(chart.beside);
    const length = times[times.length - 1] - times[0] || 1;
    const x = (time) => GUTTER_PX + ((time - times[0]) / length) * (width - GUTTER_PX);
    const y = (value) => 4 + (1 - (value - low) / (high - low)) * (height - FOOT_PX - 8);
    this.drawGrid(pen, chart, { low, high, x, y, width, height });
    for (const person of this.recording.people) if (person.shown && person.angles) this.drawCurve(pen, chart, person, x, y, width);
  }

  drawGrid(pen, chart, { low, high, x, y, width, height }) {
    const { times } = this.recording;
    const unit = chart.column.unit.startsWith("deg") ? "°" : "";
    pen.strokeStyle = this.colours.grid;
    pen.fillStyle = this.colours.soft;
    pen.font = "11px ui-sans-serif, system-ui, sans-serif";
    pen.lineWidth = 1;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    for (const tick of ticksOf(low, high, 3)) {
      line(pen, GUTTER_PX, Math.round(y(tick)) + 0.5, width, Math.round(y(tick)) + 0.5);
      pen.fillText(`${tick}${unit}`, GUTTER_PX - 5, y(tick));
    }
    pen.textBaseline = "alphabetic";
    for (const tick of ticksOf(times[0], times[times.length - 1], Math.max(2, width / 55))) {
      const at = Math.round(x(tick)) + 0.5;
      line(pen, at, 0, at, height - FOOT_PX);
      pen.textAlign = at < GUTTER_PX + 8 ? "left" : at > width - 14 ? "right" : "center";
      pen.fillText(`${tick} s`, at, height - 2);
    }
  }

  drawCurve(pen, chart, person, x, y, width) {
    const { times } = this.recording;
    const stride = Math.max(1, Math.floor(times.length / (width * 3)));
    pen.strokeStyle = person.colour;
    pen.lineWidth = 1.7;
    pen.lineJoin = pen.lineCap = "round";
    pen.beginPath();
    let down = false;
    for (let row = 0; row < person.rows; row += stride) {
      const value = this.valueAt(person, chart.at, row);
      if (value === value) {
        const [px, py] = [x(times[person.start + row]), y(value)];
        if (down) pen.lineTo(px, py); else { pen.moveTo(px, py); pen.lineTo(px + 0.01, py); }
      }
      down = value === value;
    }
    pen.stroke();
  }

  point(time, frame) {
    const { times, people } = this.recording;
    const share = (time - times[0]) / (times[times.length - 1] - times[0] || 1);
    for (const chart of this.charts) {
      chart.cursor.style.transform = `translateX(${GUTTER_PX + share * (chart.plot.clientWidth - GUTTER_PX)}px)`;
      const shown = people.filter((person) => person.shown).slice(0, 4);
      const texts = shown.map((person) => ({ person, value: this.valueAt(person, chart.at, frame - person.start) }));
      this.write(chart, texts.filter(({ value }) => value === value));
    }
  }

  write(chart, texts) {
    const key = texts.map(({ person, value }) => `${person.id}:${Math.round(value)}`).join();
    if (chart.key === key) return;
    chart.key = key;
    const unit = chart.column.unit.startsWith("deg") ? "°" : "";
    chart.values.replaceChildren(...texts.map(({ person, value }) => {
      const word = document.createElement("b");
      word.textContent = `${Math.round(value)}${unit}`;
      word.style.color = `color-mix(in srgb, ${person.colour} 72%, var(--ink))`;
      return word;
    }));
  }
}

function line(pen, x0, y0, x1, y1) {
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
}

function ticksOf(low, high, count) {
  const rough = (high - low) / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) || 1;
  const ticks = [];
  for (let tick = Math.ceil(low / step); tick * step <= high + 1e-9; tick++) ticks.push(Number((tick * step).toPrecision(6)));
  return ticks;
}
