import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { start } from '../sync';
import '../ui/tokens.css';
import '../ui/base.css';
import './app.css';
import { App } from './app';
import { listenForInstall } from './install';
import { prepareOfflineStart } from './offline-start';

start();
prepareOfflineStart();
listenForInstall();

const root = document.getElementById('root');
if (root) createRoot(root).render(<StrictMode><App /></StrictMode>);
