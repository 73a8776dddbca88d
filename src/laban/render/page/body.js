// One person as things to draw, each with its depth, so that everybody's can be drawn from far to near.

const LIMB_M = 0.052;

function mixHex(first, second, share) {
  const part = (hex, i) => parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16);
  const blend = [0, 1, 2].map((i) => Math.round(part(first, i) + (part(second, i) - part(first, i)) * share));
  return `rgb(${blend.join(",")})`;
}

class Sketch {
  constructor({ pen, theme, dark }, project, { person, row, points }) {
    Object.assign(this, { pen, theme, dark, project, person, row, points });
  }

  parts() {
    const { person, points, project } = this;
    const spots = [];
    for (let joint = 0; joint < person.plan.joints; joint++) {
      spots.push(project(points[joint * 3], points[joint * 3 + 1], points[joint * 3 + 2]));
    }
    const good = (joint) => spots[joint][2] > 0.1; // NaN is not
    const parts = [];
    for (const [first, second, side, thick] of person.plan.limbs) {
      if (good(first) && good(second)) parts.push(this.limb(spots[first], spots[second], person.sides[side], thick, this.faint(first, second)));
    }
    for (const joint of person.plan.dots) if (good(joint)) parts.push(this.dot(spots[joint], this.faint(joint, joint)));
    const corners = [...person.plan.shoulders, ...[...person.plan.hips].reverse()];
    if (corners.length === 4 && corners.every(good)) parts.push(this.trunk(corners.map((joint) => spots[joint])));
    const head = headOf(points, person.plan);
    if (head) parts.push(...this.head(head));
    return parts;
  }

  faint(first, second) {
    const { visibility, plan } = this.person;
    const at = this.row * plan.joints;
    return Math.min(visibility[at + first], visibility[at + second]) < 128;
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

  dot(spot, faint) {
    const { pen, person } = this;
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

  trunk(corners) {
    const { pen, person } = this;
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

  head(head) {
    const { pen, person, points, project } = this;
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
    const nose = person.plan.nose === null ? null : this.nose(head);
    return nose ? [...parts, nose] : parts;
  }

  // A small bump on the head's surface shows which way somebody faces.
  nose(head) {
    const { pen, person, points, project } = this;
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
