'use strict';

const EVERY_MS = 1000;
const SILENT_SHOWN = 25;
const NODES_SHOWN = 20;
const PLOT_HEIGHT = 200;
const PERCENTILES = {roundTripMs: 'ms', marginPercent: '%', latenessMs: 'ms', cycleMs: 'ms'};
/** Where 100 % goes on a scale on which each further nine takes the same room: it would be endlessly far. */
const LAST_X = 2e4;

const plots = new Map();
const byId = (id) => document.getElementById(id);
const number = (value) => value.toLocaleString('en', {maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0});
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const time = (epochMs) => new Date(epochMs).toLocaleTimeString('en-GB');
const setText = (id, text) => { byId(id).textContent = text; };

async function get(path) {
  const response = await fetch(path);
  const body = await response.json();
  if (!response.ok) {
    throw new Error(body.error || path + ': ' + response.status);
  }
  return body;
}

function axes(xAxis, yAxis) {
  const look = {stroke: colour('--quiet'), grid: {stroke: colour('--line'), width: 1}, ticks: {show: false}};
  return [{...look, ...xAxis}, {...look, size: 56, ...yAxis}];
}

/** Draw data in a place, anew if its lines are others than before. */
function draw(id, names, data, options) {
  const place = byId('plot-' + id);
  const key = names.join();
  let plot = plots.get(id);
  if (!plot || plot.key !== key) {
    if (plot) {
      plot.chart.destroy();
    }
    const series = names.map((label, i) =>
      ({label, stroke: colour('--c' + i % 6), width: 1.6, points: {show: false}, ...options.line}));
    const chart = new uPlot({
      width: place.clientWidth, height: PLOT_HEIGHT, legend: {show: names.length > 1},
      cursor: {show: true, y: false, drag: {setScale: false}}, series: [options.x, ...series], scales: options.scales,
      axes: axes(options.xAxis, options.yAxis)
    }, data, place);
    plot = {key, chart};
    plots.set(id, plot);
  } else {
    plot.chart.setData(data);
  }
}

function drawHistory(history) {
  const xAxis = {size: 26, values: (u, at) => at.map((epochS) => time(epochS * 1000))};
  const fromNought = {y: {range: (u, min, max) => [0, Math.max(1, max * 1.05)]}};
  draw('open', ['open'], [history.epochS, history.open], {x: {}, xAxis, scales: fromNought,
    line: {fill: colour('--c0') + '22'}});
  const reasons = Object.keys(history.lost);
  draw('lost', reasons.length ? reasons : ['none'],
    [history.epochS, ...(reasons.length ? reasons.map((reason) => history.lost[reason]) : [history.open.map((open) => open === null ? null : 0)])],
    {x: {}, xAxis, scales: fromNought, line: {paths: uPlot.paths.stepped({align: 1})}});
}

function drawPercentiles(name, unit, values) {
  setText('sum-' + name, values.count ?
    `p50 ${number(values.p50)} ${unit} · p99 ${number(values.p99)} ${unit} · max ${number(values.max)} ${unit} · ` +
    `${number(values.count)} lately` : 'nothing lately');
  const x = values.points.map(([percentile]) => percentile < 100 ? 100 / (100 - percentile) : LAST_X);
  const label = (at) => at >= LAST_X ? 'max' : at === 1 ? '0%' : +(100 - 100 / at).toFixed(4) + '%';
  draw(name, [unit], [x, values.points.map(([, value]) => value)], {
    x: {}, line: {fill: colour('--c0') + '22'},
    scales: {x: {time: false, distr: 3, range: [1, LAST_X]}, y: {range: (u, min, max) => [0, max > 0 ? max * 1.08 : 1]}},
    xAxis: {size: 26, splits: () => [1, 10, 100, 1000, 10000], values: (u, at) => at.map(label), filter: (u, at) => at}
  });
}

function fill(id, rows, emptyText) {
  const body = byId(id);
  const columns = body.parentElement.querySelectorAll('th').length;
  body.replaceChildren(...(rows.length ? rows : [[{text: emptyText, span: columns}]]).map((cells) => {
    const row = document.createElement('tr');
    row.append(...cells.map(({text, kind, span}) => {
      const cell = document.createElement('td');
      cell.textContent = text;
      cell.className = kind || '';
      cell.colSpan = span || 1;
      return cell;
    }));
    return row;
  }));
}

function showStatus(status) {
  document.title = `${number(status.open)} open · Heartwheel`;
  setText('address', status.address);
  setText('open', number(status.open));
  setText('lost', number(Object.values(status.losses).reduce((sum, count) => sum + count, 0)));
  setText('reads', number(Math.round(status.readsPerS)));
  setText('probes', number(Math.round(status.probesPerS)));
  setText('refused', number(status.refused));
  setText('looked', status.neverSpoke ? `refused; ${number(status.neverSpoke)} never spoke` : 'refused');
  setText('stalls', number(status.stalls));
  setText('longest', status.stalls ? `stalls of its own, longest ${number(Math.round(status.longestStallMs))} ms` :
    'stalls of its own');
  setHealth(status.healthy, `${status.health}, up ${number(Math.round(status.uptimeMs / 1000))} s`);
  Object.entries(PERCENTILES).forEach(([name, unit]) => drawPercentiles(name, unit, status[name]));
  showReactors(status.reactors || []);
  showFleet(status.fleet);
  showProtocols(status.protocols, status.webSocket);
}

/** A server without a fleet has nothing to show of one. */
function showFleet(fleet) {
  byId('of-fleet').hidden = !fleet;
  if (!fleet) {
    return;
  }
  setText('fleet-nodes', `${number(fleet.nodes.length)} ${fleet.nodes.length === 1 ? 'node' : 'nodes'}: ` +
    fleet.nodes.slice(0, NODES_SHOWN).join(', ') + (fleet.nodes.length > NODES_SHOWN ? ', …' : ''));
  byId('fleet-trouble').hidden = !fleet.trouble;
  setText('fleet-trouble', fleet.trouble);
  fill('fleet', [[
    {text: fleet.node},
    {text: fleet.state, kind: fleet.state === 'HELD' ? '' : 'bad'},
    ...[fleet.sessions, fleet.waiting, fleet.roundTripMs.p50, fleet.roundTripMs.p99, fleet.failed, fleet.takenOver,
      fleet.refused, fleet.swept, fleet.sent, fleet.unreached, fleet.delivered, fleet.dropped]
      .map((value) => ({text: number(value), kind: 'n'}))]], '');
}

const counts = (by) => Object.entries(by).map(([name, count]) => `${name} × ${number(count)}`).join(', ') || 'none';

/** Where our own frames are all that is spoken, there is nothing to show. */
function showProtocols(protocols, webSocket) {
  byId('by-protocol').hidden = protocols.length < 2 && !webSocket;
  setText('websocket', webSocket ? `WebSocket: refused ${counts(webSocket.openingsRefused)} · closed ` +
    `${counts(webSocket.closesSent)} · by the peer ${counts(webSocket.closesHeard)}` : '');
  fill('protocols', protocols.map((each) => [
    {text: each.protocol},
    {text: number(each.open), kind: 'n'},
    {text: number(each.opened), kind: 'n'},
    {text: number(each.lost), kind: 'n'}]), '');
}

/** Only several reactors are worth a table. */
function showReactors(reactors) {
  byId('by-reactor').hidden = !reactors.length;
  fill('reactors', reactors.map((each) => [
    {text: each.reactor},
    {text: number(each.open), kind: 'n'},
    {text: number(Math.round(each.readsPerS)), kind: 'n'},
    {text: number(each.stalls), kind: 'n'},
    {text: number(Math.round(each.longestStallMs)), kind: 'n'},
    {text: number(each.cycleMs.p50), kind: 'n'},
    {text: number(each.cycleMs.p99), kind: 'n'},
    {text: number(each.heldBytes), kind: 'n'}]), '');
}

function setHealth(isGood, text) {
  byId('health').className = isGood ? 'good' : 'bad';
  setText('health', text);
}

function showConnections(page) {
  setText('matching', `${Math.min(SILENT_SHOWN, page.matching)} of ${number(page.total)}`);
  fill('silent', page.connections.map((each) => [
    {text: each.address},
    {text: (each.silenceMs / 1000).toFixed(2), kind: 'n'},
    {text: each.cadence === 'off' ? '' : Math.round(each.usedPercent) + ' %', kind: each.usedPercent > 75 ? 'n bad' : 'n'},
    {text: each.roundTripMs < 0 ? '' : number(each.roundTripMs), kind: 'n'},
    {text: each.ageS.toFixed(0), kind: 'n'},
    {text: each.cadence},
    {text: each.protocol},
    {text: each.identity},
    {text: each.unsentBytes ? number(each.unsentBytes) : '', kind: 'n'}]), 'nobody is connected');
}

function showLosses(losses) {
  fill('losses', losses.slice(0, SILENT_SHOWN).map((each) => [
    {text: time(each.epochMs)},
    {text: each.reason},
    {text: each.address.replace(/^\//, '')},
    {text: each.protocol},
    {text: each.detail},
    {text: (each.ageMs / 1000).toFixed(1), kind: 'n'}]), 'none yet');
}

async function update() {
  try {
    const [status, history, losses] = await Promise.all([get('status'), get('history'), get('losses')]);
    showStatus(status);
    drawHistory(history);
    showLosses(losses);
    showConnections(await get('connections?sort=silence&limit=' + SILENT_SHOWN));
    noteUpdate(document.documentElement);
  } catch (error) {
    setHealth(false, 'no answer: ' + error.message);
  }
  setTimeout(update, EVERY_MS);
}

/** For whoever drives a browser: how often the page was updated, and whether it fits. */
function noteUpdate(root) {
  root.dataset.updates = +(root.dataset.updates || 0) + 1;
  root.dataset.width = root.scrollWidth + ' of ' + innerWidth;
}

/** Sizes and colours are taken when a plot is made. */
function redraw() {
  plots.forEach((plot) => plot.chart.destroy());
  plots.clear();
}

let width = innerWidth;
addEventListener('resize', () => {
  if (innerWidth !== width) {
    width = innerWidth;
    redraw();
  }
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
update();
