using EdgeRuntime.Simulator.Torture;

return TortureCommand.Run(args, Console.Out, Console.Error);
