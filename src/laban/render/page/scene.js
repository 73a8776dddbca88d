// People on a floor. Whatever is nearer is drawn later and has a rim in the colour of the ground, so that
// crossing limbs tell which is in front.

const TRAIL_S = 2;

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
    const parts = bodies.flatMap((body) => new Sketch(this, project, body).parts());
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

// The canvas at the screen's own resolution; everything is then drawn in CSS pixels.
function fitCanvas(canvas, pen) {
  const ratio = Math.min(window.devicePixelRatio || 1, 2.5);
  const { clientWidth: width, clientHeight: height } = canvas;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { width, height };
}
