// Preact with htm templates: the one place that names the libraries.
import { h, render, Component } from '../vendor/preact.module.js';
import htm from '../vendor/htm.module.js';

export const html = htm.bind(h);
export { render, Component };
