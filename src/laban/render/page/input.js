// What hands do: pointers, keys and buttons.

function listenToStage() {
  const canvas = find("scene");
  const held = new Map();
  const spread = () => {
    const [a, b] = [...held.values()];
    return { size: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    held.set(event.pointerId, { x: event.clientX, y: event.clientY });
    canvas.classList.add("held");
    find("hint").classList.add("gone");
  });
  canvas.addEventListener("pointermove", (event) => {
    const was = held.get(event.pointerId);
    if (!was) return;
    const pinch = held.size === 2 ? spread() : null;
    held.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const [dx, dy] = [event.clientX - was.x, event.clientY - was.y];
    if (pinch) {
      const now = spread();
      scene.camera.zoomBy(now.size / Math.max(1, pinch.size));
      scene.camera.move(now.x - pinch.x, now.y - pinch.y, canvas.clientWidth, canvas.clientHeight);
    } else if (event.shiftKey || event.buttons & 2) scene.camera.move(dx, dy, canvas.clientWidth, canvas.clientHeight);
    else scene.camera.turn(dx, dy);
    state.dirty = true;
  });
  const release = (event) => {
    held.delete(event.pointerId);
    canvas.classList.toggle("held", held.size > 0);
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  canvas.addEventListener("dblclick", () => { scene.camera.home(); centre(); state.dirty = true; });
  canvas.addEventListener("wheel", (event) => { event.preventDefault(); zoom(Math.exp(-event.deltaY * 0.0015)); }, { passive: false });
}

const keys = {
  " ": () => setPlaying(!state.playing),
  ArrowLeft: (event) => (event.shiftKey ? seek(state.time - 1) : step(-1)),
  ArrowRight: (event) => (event.shiftKey ? seek(state.time + 1) : step(1)),
  Home: () => seek(first),
  End: () => { pause(); seek(last); },
  "+": () => zoom(1.2),
  "=": () => zoom(1.2),
  "-": () => zoom(1 / 1.2),
  1: () => look("front"),
  2: () => look("side"),
  3: () => look("top"),
  f: () => setFollow(!state.follow),
};

function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select")) return;
    if (event.key === " " && event.target.matches("button")) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act(event);
  });
}

function listenToControls() {
  find("play").addEventListener("click", () => setPlaying(!state.playing));
  find("scrub").addEventListener("input", (event) => { pause(); seek(times[Number(event.target.value)]); });
  find("speed").addEventListener("change", (event) => { state.speed = Number(event.target.value); });
  find("follow").addEventListener("click", () => setFollow(!state.follow));
  find("theme").addEventListener("click", () => { setTheme(scene.dark ? "light" : "dark"); redrawAll(); });
  find("lanes").addEventListener("pointerdown", (event) => {
    const box = event.target.getBoundingClientRect();
    const share = (event.clientX - box.left - 8) / (box.width - 16);
    seek(times[Math.round(Math.min(1, Math.max(0, share)) * (times.length - 1))]);
  });
  for (const button of document.querySelectorAll("[data-view]")) button.addEventListener("click", () => look(button.dataset.view));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => { setTheme(event.matches ? "dark" : "light"); redrawAll(); });
  new ResizeObserver(redrawAll).observe(document.body);
}
