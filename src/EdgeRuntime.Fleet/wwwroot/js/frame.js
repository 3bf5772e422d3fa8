// One drawing per animation frame, and at most ten a second: a fleet that sends more must not keep a phone busy.
const Spacing = 100;

let draw = () => {};
let waiting = false;
let last = -Infinity;

/** Sets what a frame draws. */
export function onFrame(action) {
  draw = action;
}

/** Asks for a frame. Any number of calls before it make one. `promptly` skips the spacing: a person did something. */
export function invalidate(promptly = false) {
  if (waiting) {
    return;
  }
  waiting = true;
  const rest = promptly ? 0 : Math.max(0, Spacing - (performance.now() - last));
  if (rest < 5) {
    requestAnimationFrame(run);
  } else {
    setTimeout(() => requestAnimationFrame(run), rest);
  }
}

function run() {
  waiting = false;
  last = performance.now();
  draw();
}
