"use strict";
// The numbers of the page, unpacked once.

const MISSING = -32768;

function bytesOf(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

function numbersOf(packed) {
  const steps = new Int16Array(bytesOf(packed.data).buffer);
  const values = new Float32Array(steps.length);
  for (let i = 0; i < steps.length; i++) values[i] = steps[i] === MISSING ? NaN : steps[i] * packed.scale;
  return values;
}

function loadRecording() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const times = new Float64Array(bytesOf(data.times).buffer);
  const people = data.people.map((person) => ({
    ...person,
    plan: data.skeletons[person.skeleton],
    points: numbersOf(person.points),
    visibility: bytesOf(person.visibility),
    angles: person.angles && numbersOf(person.angles),
    shown: true,
  }));
  for (const person of people) person.seen = seenRows(person);
  return { times, people, columns: data.columns, panels: data.panels };
}

function seenRows(person) {
  const seen = new Uint8Array(person.rows);
  const step = person.plan.joints * 3;
  for (let row = 0; row < person.rows; row++) {
    for (let i = row * step; i < (row + 1) * step; i += 3) {
      if (person.points[i] === person.points[i]) { seen[row] = 1; break; }
    }
  }
  return seen;
}

// The frame at or before a time, and how far on the way to the next one.
function frameAt(times, time) {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle] <= time) low = middle; else high = middle - 1;
  }
  const next = Math.min(low + 1, times.length - 1);
  const span = times[next] - times[low];
  return { frame: low, share: span > 0 ? Math.min(1, Math.max(0, (time - times[low]) / span)) : 0 };
}

// (joints × 3) metres at a cursor, or null when the person is away. Between two frames in which a joint
// was seen it glides; nothing is made up where it was not.
function pointsAt(person, cursor) {
  const row = cursor.frame - person.start;
  if (row < 0 || row >= person.rows || !person.seen[row]) return null;
  const step = person.plan.joints * 3;
  const now = person.points.subarray(row * step, (row + 1) * step);
  if (cursor.share === 0 || row + 1 >= person.rows || !person.seen[row + 1]) return now;
  const then = person.points.subarray((row + 1) * step, (row + 2) * step);
  const mixed = new Float32Array(step);
  for (let i = 0; i < step; i++) {
    mixed[i] = then[i] === then[i] ? now[i] + (then[i] - now[i]) * cursor.share : now[i];
  }
  return mixed;
}

function meanOf(points, joints) {
  const sum = [0, 0, 0];
  for (const joint of joints) for (let c = 0; c < 3; c++) sum[c] += points[joint * 3 + c] / joints.length;
  return joints.length && sum.every(Number.isFinite) ? sum : null;
}

// The box that holds everybody, without the outermost two hundredths of all frames.
function extentOf(people) {
  const axes = [[], [], []];
  for (const person of people) {
    const step = person.plan.joints * 3;
    const stride = Math.max(1, Math.floor(person.rows / 400));
    for (let row = 0; row < person.rows; row += stride) {
      for (let i = 0; i < step; i++) {
        const value = person.points[row * step + i];
        if (value === value) axes[i % 3].push(value);
      }
    }
  }
  return axes.map((values) => {
    if (!values.length) return [-1, 1];
    values.sort((a, b) => a - b);
    return [values[Math.floor(values.length * 0.02)], values[Math.ceil(values.length * 0.98) - 1]];
  });
}
