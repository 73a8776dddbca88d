// A camera that circles a point: x right, y up, z towards whoever filmed.

const FIELD = Math.tan((34 * Math.PI) / 360);
const VIEWS = { front: [0, 0.1], side: [Math.PI / 2, 0.1], top: [0, Math.PI / 2 - 0.02] };

class Camera {
  constructor(extent) {
    this.extent = extent;
    this.reach = Infinity; // metres beside the middle that must stay in view
    this.yaw = 0.42;
    this.pitch = 0.24;
    this.home();
  }

  // The whole box in the middle, from where the camera is now.
  home() {
    this.aim = this.extent.map(([low, high]) => (low + high) / 2);
    this.zoom = 1;
    this.fitted = this.axes();
  }

  look(view) {
    [this.yaw, this.pitch] = VIEWS[view];
    this.home();
  }

  turn(dx, dy) {
    this.yaw -= dx * 0.0075;
    this.pitch = Math.min(Math.PI / 2 - 0.02, Math.max(-0.15, this.pitch + dy * 0.0075));
  }

  zoomBy(factor) {
    this.zoom = Math.min(8, Math.max(0.25, this.zoom * factor));
  }

  move(dx, dy, width, height) {
    const metres = (2 * FIELD * this.distance(width / height)) / height;
    const { right, up } = this.axes();
    for (let c = 0; c < 3; c++) this.aim[c] += (-dx * right[c] + dy * up[c]) * metres;
  }

  // Far enough for every corner of the box, as it was seen when the camera went home; turning keeps it.
  distance(aspect) {
    const { right, up, ahead } = this.fitted;
    const half = this.extent.map(([low, high]) => Math.min(this.reach, Math.max(0.4, (high - low) / 2)));
    let need = 1.5;
    for (let corner = 0; corner < 8; corner++) {
      const at = half.map((size, c) => (corner & (1 << c) ? size : -size));
      const along = (axis) => at.reduce((sum, value, c) => sum + value * axis[c], 0);
      const wide = Math.abs(along(right)) / (FIELD * aspect * 0.9);
      const high = Math.abs(along(up)) / (FIELD * 0.76);
      need = Math.max(need, Math.max(wide, high) - along(ahead));
    }
    return need / this.zoom;
  }

  axes() {
    const [sinY, cosY, sinP, cosP] = [Math.sin(this.yaw), Math.cos(this.yaw), Math.sin(this.pitch), Math.cos(this.pitch)];
    return {
      right: [cosY, 0, -sinY],
      up: [-sinY * sinP, cosP, -cosY * sinP],
      ahead: [-sinY * cosP, -sinP, -cosY * cosP],
    };
  }

  // A function from metres to [x, y, depth, pixels per metre]; depth is not positive behind the camera.
  projector(width, height) {
    const { right, up, ahead } = this.axes();
    const away = this.distance(width / height);
    const focal = height / 2 / FIELD;
    const from = this.aim.map((value, c) => value - ahead[c] * away);
    return (x, y, z) => {
      const [dx, dy, dz] = [x - from[0], y - from[1], z - from[2]];
      const depth = dx * ahead[0] + dy * ahead[1] + dz * ahead[2];
      const scale = focal / Math.max(depth, 0.05);
      return [
        width / 2 + (dx * right[0] + dy * right[1] + dz * right[2]) * scale,
        height / 2 - (dx * up[0] + dy * up[1] + dz * up[2]) * scale,
        depth,
        scale,
      ];
    };
  }
}
