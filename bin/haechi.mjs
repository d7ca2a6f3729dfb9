#!/usr/bin/env node
console.log("haechi bin", process.version, process.argv.slice(2));
