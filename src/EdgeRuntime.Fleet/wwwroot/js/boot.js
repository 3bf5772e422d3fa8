// Loads the page proper. Apart from it so that a missing library becomes a sentence and not an empty page.
import('./main.js').catch((error) => {
  const place = document.getElementById('page');
  const words = document.createElement('p');
  words.className = 'starting';
  words.textContent = `The page could not start: ${error.message}. If a file below vendor/ is missing, run tools/demo `
    + 'or tools/test once (they fetch the page\'s libraries), then start edge-fleet again.';
  place.replaceChildren(words);
});
