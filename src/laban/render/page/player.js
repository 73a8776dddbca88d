// Time, and everything that changes it.

const find = (id) => document.getElementById(id);
const recording = loadRecording();
const { times, people } = recording;
const first = times.length ? times[0] : 0;
const last = times.length ? times[times.length - 1] : 0;
const state = { time: first, playing: false, speed: 1, follow: false, dirty: true };

setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
const scene = new Scene(find("scene"), recording);
const charts = new Charts(find("charts"), recording, seek);

function setTheme(name) { document.documentElement.dataset.theme = name; }

function seek(time) {
  state.time = Math.min(last, Math.max(first, time));
  state.dirty = true;
}

function step(frames) {
  pause();
  const { frame } = frameAt(times, state.time);
  seek(times[Math.min(times.length - 1, Math.max(0, frame + frames))]);
}

function pause() { setPlaying(false); }

function setPlaying(playing) {
  state.playing = playing && last > first;
  if (state.playing && state.time >= last) seek(first);
  find("play").classList.toggle("playing", state.playing);
  find("play").setAttribute("aria-label", state.playing ? "Pause" : "Play");
}

function clockOf(time) {
  const hundredths = Math.max(0, Math.round((time - first) * 100));
  return `${Math.floor(hundredths / 6000)}:${String(((hundredths % 6000) / 100).toFixed(2)).padStart(5, "0")}`;
}

let before = 0;
function tick(now) {
  const passed = Math.min(0.1, (now - before) / 1000);
  before = now;
  if (state.playing) {
    const next = state.time + passed * state.speed;
    seek(next > last ? first : next);
  }
  if (state.follow) follow(passed);
  if (state.dirty) show();
  requestAnimationFrame(tick);
}

function show() {
  state.dirty = false;
  if (!times.length) return;
  const cursor = frameAt(times, state.time);
  scene.draw(state.playing ? cursor : { frame: cursor.frame, share: 0 });
  charts.point(state.time, cursor.frame);
  find("scrub").value = cursor.frame;
  find("scrub").setAttribute("aria-valuetext", `${clockOf(state.time)} of ${clockOf(last)}`);
  find("clock").textContent = `${clockOf(state.time)} / ${clockOf(last)}`;
  for (const person of people) {
    const row = cursor.frame - person.start;
    const here = row >= 0 && row < person.rows && person.seen[row];
    person.button.classList.toggle("away", !here);
    person.note.textContent = here ? "" : ", not in view";
  }
}

function hipsAt(cursor) {
  return people.filter((person) => person.shown)
    .map((person) => ({ person, points: pointsAt(person, cursor) }))
    .map(({ person, points }) => points && meanOf(points, person.plan.hips)).filter(Boolean);
}

function middleOf(hips) {
  return [0, 1, 2].map((c) => hips.reduce((sum, hip) => sum + hip[c], 0) / hips.length);
}

function follow(passed) {
  const hips = hipsAt(frameAt(times, state.time));
  if (!hips.length) return;
  const ease = 1 - Math.exp(-passed * 4);
  const goal = middleOf(hips);
  const { aim } = scene.camera;
  for (const c of [0, 2]) {
    if (Math.abs(goal[c] - aim[c]) > 1e-3) { aim[c] += (goal[c] - aim[c]) * ease; state.dirty = true; }
  }
}

// How far from their middle people usually stand at any one time, and an arm's length more.
function usualReach() {
  const stride = Math.max(1, Math.floor(times.length / 100));
  const spreads = [];
  for (let frame = 0; frame < times.length; frame += stride) {
    const hips = hipsAt({ frame, share: 0 });
    const middle = middleOf(hips);
    if (hips.length) spreads.push(Math.max(...hips.map((hip) => Math.hypot(hip[0] - middle[0], hip[2] - middle[2]))));
  }
  spreads.sort((a, b) => a - b);
  return 1 + (spreads[Math.floor(spreads.length * 0.9)] || 0);
}

function centre() {
  const hips = state.follow ? hipsAt(frameAt(times, state.time)) : [];
  if (hips.length) [scene.camera.aim[0], , scene.camera.aim[2]] = middleOf(hips);
}

function drawLanes() {
  const canvas = find("lanes");
  const lane = people.length > 6 ? 3 : 5;
  canvas.style.height = `${people.length * lane}px`;
  const pen = canvas.getContext("2d");
  const { width } = fitCanvas(canvas, pen);
  pen.clearRect(0, 0, width, people.length * lane);
  const inset = 8; // half of the slider's thumb
  const x = (frame) => inset + (frame / Math.max(1, times.length - 1)) * (width - 2 * inset);
  people.forEach((person, at) => {
    pen.fillStyle = person.colour;
    pen.globalAlpha = person.shown ? 1 : 0.25;
    for (let row = 0; row < person.rows; row++) {
      if (!person.seen[row]) continue;
      let end = row;
      while (end + 1 < person.rows && person.seen[end + 1]) end++;
      pen.fillRect(x(person.start + row), at * lane, Math.max(1, x(person.start + end) - x(person.start + row)), lane - 2);
      row = end;
    }
  });
  pen.globalAlpha = 1;
}

function addPerson(person) {
  const button = find("people").appendChild(document.createElement("button"));
  button.type = "button";
  button.setAttribute("aria-pressed", "true");
  const mark = button.appendChild(document.createElement("i"));
  mark.style.color = mark.style.borderColor = person.colour;
  button.append(`Person ${person.id}`);
  person.note = button.appendChild(document.createElement("span"));
  person.note.className = "sr";
  person.button = button;
  button.addEventListener("click", () => {
    person.shown = !person.shown;
    button.setAttribute("aria-pressed", String(person.shown));
    redrawAll();
  });
}

function redrawAll() {
  scene.readTheme();
  drawLanes();
  if (recording.columns.length) charts.redraw();
  state.dirty = true;
}

function setFollow(on) {
  state.follow = on;
  scene.camera.reach = on ? usualReach() : Infinity;
  scene.camera.home();
  centre();
  state.dirty = true;
  find("follow").setAttribute("aria-pressed", String(on));
}

function look(view) {
  scene.camera.look(view);
  centre();
  state.dirty = true;
}

function zoom(factor) {
  scene.camera.zoomBy(factor);
  state.dirty = true;
}

function start() {
  for (const person of people) addPerson(person);
  find("scrub").max = Math.max(0, times.length - 1);
  find("empty").hidden = people.length > 0;
  find("angles").hidden = !recording.columns.length;
  listenToStage();
  listenToKeys();
  listenToControls();
  const [[left, right], , [back, front]] = scene.camera.extent;
  if (Math.hypot(right - left, front - back) > 5) setFollow(true);
  redrawAll();
  requestAnimationFrame((now) => { before = now; tick(now); });
  if (people.length && !matchMedia("(prefers-reduced-motion: reduce)").matches) setPlaying(true);
}

start();
