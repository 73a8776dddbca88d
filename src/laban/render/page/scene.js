// People on a floor. Whatever is nearer is drawn later and has a rim in the colour of the ground, so that
// crossing limbs tell which is in front.

const LIMB_M = 0.052;
const TRAIL_S = 2;

function mixHex(first, second, share) {
  const part = (hex, i) => parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16);
  const blend = [0, 1, 2].map((i) => Math.round(part(first, i) + (part(second, i) - part(first, i)) * share));
  return `rgb(${blend.join(",")})`;
}

class Scene {
  constructor(canvas, recording) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.recording = recording;
    this.camera = new Camera(extentOf(recording.people));
    this.readTheme();
  }

  readTheme() {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(name).trim();
    this.theme = { grid: read("--grid"), halo: read("--halo"), shadow: read("--shadow"), ink: read("--ink") };
    this.dark = document.documentElement.dataset.theme === "dark";
  }

  draw(cursor) {
    const { width, height } = fitCanvas(this.canvas, this.pen);
    this.pen.clearRect(0, 0, width, height);
    const project = this.camera.projector(width, height);
    this.drawFloor(project);
    const bodies = this.recording.people
      .filter((person) => person.shown)
      .map((person) => ({ person, row: cursor.frame - person.start, points: pointsAt(person, cursor) }))
      .filter((body) => body.points);
    for (const body of bodies) this.drawTrail(project, body.person, cursor);
    for (const body of bodies) this.drawShadow(project, body);
    const parts = bodies.flatMap((body) => this.partsOf(project, body));
    parts.sort((a, b) => b.depth - a.depth);
    for (const part of parts) part.draw();
    for (const body of bodies) this.drawLabel(project, body);
  }

  drawFloor(project) {
    const [[left, right], , [back, front]] = this.camera.extent;
    const middle = [Math.round((left + right) / 2), Math.round((back + front) / 2)];
    const reach = Math.ceil(Math.max(right - left, front - back) / 2) + 3;
    const shades = Array.from({ length: 8 }, () => new Path2D());
    const piece = reach > 12 ? 1 : 0.5;
    const add = (x0, z0, x1, z1) => {
      const far = Math.hypot((x0 + x1) / 2, (z0 + z1) / 2) / reach;
      const shade = Math.floor((1 - far) * shades.length);
      if (shade < 0) return;
      const from = project(middle[0] + x0, 0, middle[1] + z0);
      const to = project(middle[0] + x1, 0, middle[1] + z1);
      if (from[2] < 0.1 || to[2] < 0.1) return;
      shades[Math.min(shade, shades.length - 1)].moveTo(from[0], from[1]);
      shades[Math.min(shade, shades.length - 1)].lineTo(to[0], to[1]);
    };
    for (let line = -reach; line <= reach; line++) {
      for (let at = -reach; at < reach; at += piece) {
        add(line, at, line, at + piece);
        add(at, line, at + piece, line);
      }
    }
    this.pen.lineWidth = 1;
    shades.forEach((path, shade) => {
      this.pen.strokeStyle = `rgba(${this.theme.grid},${(0.22 * (shade + 1)) / shades.length})`;
      this.pen.stroke(path);
    });
  }

  drawTrail(project, person, cursor) {
    const { times } = this.recording;
    const path = new Path2D();
    let down = false;
    for (let frame = cursor.frame; frame >= 0 && times[cursor.frame] - times[frame] < TRAIL_S; frame--) {
      const points = pointsAt(person, { frame, share: 0 });
      const hip = points && meanOf(points, person.plan.hips);
      const at = hip && project(hip[0], 0, hip[2]);
      if (at && at[2] > 0.1) { if (down) path.lineTo(at[0], at[1]); else path.moveTo(at[0], at[1]); }
      down = Boolean(at);
    }
    this.pen.strokeStyle = person.colour;
    this.pen.globalAlpha = 0.45;
    this.pen.lineWidth = 2.5;
    this.pen.lineJoin = this.pen.lineCap = "round";
    this.pen.stroke(path);
    this.pen.globalAlpha = 1;
  }

  drawShadow(project, { person, points }) {
    const path = new Path2D();
    let scale = 0;
    for (const [first, second] of person.plan.limbs) {
      const from = project(points[first * 3], 0, points[first * 3 + 2]);
      const to = project(points[second * 3], 0, points[second * 3 + 2]);
      if (!(from[2] > 0.1 && to[2] > 0.1)) continue;
      path.moveTo(from[0], from[1]);
      path.lineTo(to[0], to[1]);
      scale = Math.max(scale, from[3]);
    }
    this.pen.lineCap = this.pen.lineJoin = "round";
    for (const [wide, alpha] of [[0.19, 0.035], [0.13, 0.05], [0.07, 0.07]]) {
      this.pen.strokeStyle = `rgba(${this.theme.shadow},${this.dark ? alpha * 3.5 : alpha})`;
      this.pen.lineWidth = wide * scale;
      this.pen.stroke(path);
    }
  }

  partsOf(project, body) {
    const { person, points } = body;
    const spots = [];
    for (let joint = 0; joint < person.plan.joints; joint++) {
      spots.push(project(points[joint * 3], points[joint * 3 + 1], points[joint * 3 + 2]));
    }
    const good = (joint) => spots[joint][2] > 0.1; // NaN is not
    const parts = [];
    for (const [first, second, side, thick] of person.plan.limbs) {
      if (good(first) && good(second)) parts.push(this.limb(spots[first], spots[second], person.sides[side], thick, this.faint(body, first, second)));
    }
    for (const joint of person.plan.dots) if (good(joint)) parts.push(this.dot(spots[joint], person, this.faint(body, joint, joint)));
    const corners = [...person.plan.shoulders, ...[...person.plan.hips].reverse()];
    if (corners.length === 4 && corners.every(good)) parts.push(this.trunk(corners.map((joint) => spots[joint]), person));
    const head = headOf(points, person.plan);
    if (head) parts.push(...this.head(project, head, body));
    return parts;
  }

  faint({ person, row }, first, second) {
    const at = row * person.plan.joints;
    return Math.min(person.visibility[at + first], person.visibility[at + second]) < 128;
  }

  limb(from, to, colour, thick, faint) {
    const pen = this.pen;
    return {
      depth: (from[2] + to[2]) / 2,
      draw: () => {
        const wide = Math.max(1.5, ((from[3] + to[3]) / 2) * LIMB_M * thick * (faint ? 0.6 : 1));
        const line = (style, width) => {
          pen.strokeStyle = style;
          pen.lineWidth = width;
          pen.beginPath();
          pen.moveTo(from[0], from[1]);
          pen.lineTo(to[0], to[1]);
          pen.stroke();
        };
        pen.lineCap = "round";
        if (faint) pen.globalAlpha = 0.45; else line(this.theme.halo, wide + Math.max(2, wide * 0.35));
        line(colour, wide);
        line(mixHex(colour, "#ffffff", this.dark ? 0.22 : 0.3), wide * 0.34);
        pen.globalAlpha = 1;
      },
    };
  }

  dot(spot, person, faint) {
    const pen = this.pen;
    return {
      depth: spot[2] - 0.13, // in front of the limbs that meet here
      draw: () => {
        pen.globalAlpha = faint ? 0.4 : 1;
        pen.fillStyle = this.dark ? mixHex(person.colour, "#ffffff", 0.8) : mixHex(person.colour, "#11141a", 0.5);
        pen.beginPath();
        pen.arc(spot[0], spot[1], Math.max(1.2, spot[3] * LIMB_M * 0.52), 0, 7);
        pen.fill();
        pen.globalAlpha = 1;
      },
    };
  }

  trunk(corners, person) {
    const pen = this.pen;
    return {
      depth: corners.reduce((sum, corner) => sum + corner[2], 0) / 4 + 0.02,
      draw: () => {
        pen.globalAlpha = 0.3;
        pen.fillStyle = person.colour;
        pen.beginPath();
        corners.forEach((corner, i) => (i ? pen.lineTo(corner[0], corner[1]) : pen.moveTo(corner[0], corner[1])));
        pen.fill();
        pen.globalAlpha = 1;
      },
    };
  }

  head(project, head, { person, points }) {
    const pen = this.pen;
    const spot = project(...head.centre);
    if (!(spot[2] > 0.1)) return [];
    const size = head.radius * spot[3];
    const ball = () => {
      const light = pen.createRadialGradient(spot[0] - size * 0.35, spot[1] - size * 0.4, size * 0.1, spot[0], spot[1], size);
      light.addColorStop(0, mixHex(person.colour, "#ffffff", 0.45));
      light.addColorStop(1, mixHex(person.colour, "#11141a", 0.12));
      pen.fillStyle = this.theme.halo;
      pen.beginPath();
      pen.arc(spot[0], spot[1], size + 2, 0, 7);
      pen.fill();
      pen.fillStyle = light;
      pen.beginPath();
      pen.arc(spot[0], spot[1], size, 0, 7);
      pen.fill();
    };
    const parts = [{ depth: spot[2], draw: ball }];
    const shoulders = meanOf(points, person.plan.shoulders);
    const neck = shoulders && neckOf(shoulders, head);
    const ends = neck && neck.map((end) => project(...end));
    if (ends && ends.every((end) => end[2] > 0.1)) parts.push(this.limb(...ends, person.sides.middle, 0.8, false));
    const nose = person.plan.nose === null ? null : this.nose(project, head, points, person);
    return nose ? [...parts, nose] : parts;
  }

  // A small bump on the head's surface shows which way somebody faces.
  nose(project, head, points, person) {
    const pen = this.pen;
    const way = [0, 1, 2].map((c) => points[person.plan.nose * 3 + c] - head.centre[c]);
    const length = Math.hypot(...way);
    if (!(length > 0.02)) return null;
    const spot = project(...way.map((value, c) => head.centre[c] + (value / length) * head.radius));
    return {
      depth: spot[2],
      draw: () => {
        pen.fillStyle = mixHex(person.colour, "#ffffff", 0.75);
        pen.beginPath();
        pen.arc(spot[0], spot[1], Math.max(1, head.radius * 0.2 * spot[3]), 0, 7);
        pen.fill();
      },
    };
  }

  drawLabel(project, { person, points }) {
    let top = -Infinity;
    let at = null;
    for (let joint = 0; joint < person.plan.joints; joint++) {
      if (points[joint * 3 + 1] > top) { top = points[joint * 3 + 1]; at = joint; }
    }
    if (at === null) return;
    const head = headOf(points, person.plan);
    const base = head ? [head.centre[0], head.centre[1] + head.radius, head.centre[2]] : [points[at * 3], top, points[at * 3 + 2]];
    const spot = project(base[0], base[1], base[2]);
    if (!(spot[2] > 0.1)) return;
    const text = String(person.id);
    this.pen.font = "600 13px ui-sans-serif, system-ui, sans-serif";
    const wide = Math.max(22, this.pen.measureText(text).width + 14);
    this.pen.fillStyle = person.colour;
    this.pen.beginPath();
    this.pen.roundRect(spot[0] - wide / 2, spot[1] - 30, wide, 20, 10);
    this.pen.fill();
    this.pen.fillStyle = person.text;
    this.pen.textAlign = "center";
    this.pen.textBaseline = "middle";
    this.pen.fillText(text, spot[0], spot[1] - 19.5);
  }
}

function headOf(points, plan) {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (const joint of plan.face) {
    for (let c = 0; c < 3; c++) {
      const value = points[joint * 3 + c];
      if (value !== value) continue;
      low[c] = Math.min(low[c], value);
      high[c] = Math.max(high[c], value);
    }
  }
  if (!low.every(Number.isFinite)) return null;
  const spread = Math.hypot(...high.map((value, c) => value - low[c])) / 2;
  return { centre: low.map((value, c) => (value + high[c]) / 2), radius: Math.min(0.135, Math.max(0.095, spread)) };
}

// From between the shoulders to the skin of the head.
function neckOf(base, head) {
  const reach = Math.hypot(...base.map((value, c) => value - head.centre[c]));
  if (reach <= head.radius) return null;
  return [base, base.map((value, c) => head.centre[c] + ((value - head.centre[c]) * head.radius) / reach)];
}

// The canvas at the screen's own resolution; everything is then drawn in CSS pixels.
function fitCanvas(canvas, pen) {
  const ratio = Math.min(window.devicePixelRatio || 1, 2.5);
  const { clientWidth: width, clientHeight: height } = canvas;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { width, height };
}
