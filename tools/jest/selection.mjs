const selecting = ['--projects', '-p', '--exclude'];

/** Those of nx's options that say which projects a command is for, each as one argument. */
export function selectionOf(args) {
  return args.flatMap((arg, index) => {
    const [name, value] = arg.split(/=(.*)/s);
    return selecting.includes(name) ? [`${name}=${value ?? args[index + 1] ?? ''}`] : [];
  });
}
