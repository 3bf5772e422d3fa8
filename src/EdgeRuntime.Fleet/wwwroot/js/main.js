// Composes the page: the stream feeds the store, a frame draws the shell, the address chooses the view.
import { html, render } from './html.js';
import { invalidate, onFrame } from './frame.js';
import { parseAddress } from './router.js';
import { Stream } from './data/stream.js';
import { apply, store } from './data/store.js';
import { loadAll, loadQuality, loadView } from './data/load.js';
import { Shell } from './views/shell.js';

const RefreshMs = 1500;

const place = document.getElementById('page');
let refresh = null;

const stream = new Stream(hear, (link) => {
  store.link = link;
  invalidate(true);
});

function hear(name, content) {
  apply(name, content);
  if (name === 'hello') {
    loadAll();
  }
  if (name === 'window' && store.device?.id === content.device) {
    const model = store.device.detail?.models?.find((known) => known.name === content.model);
    if (model) {
      loadQuality(store.device, model);
    }
  }
  // A new package on the device in view changes the reference it is compared with; one fetch for many windows.
  if (store.device?.stale && !refresh) {
    refresh = setTimeout(() => {
      refresh = null;
      loadView();
    }, RefreshMs);
  }
}

function turn() {
  store.route = parseAddress(location.hash);
  window.scrollTo(0, 0);
  loadView();
}

onFrame(() => render(html`<${Shell} store=${store} reconnect=${() => stream.open()} />`, place));
window.addEventListener('hashchange', turn);
store.route = parseAddress(location.hash);
place.replaceChildren();
invalidate(true);
stream.open();
// "3 s ago" ages even while nothing arrives.
setInterval(invalidate, 1000);
