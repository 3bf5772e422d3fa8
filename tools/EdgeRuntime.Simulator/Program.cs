using EdgeRuntime.Simulator.Attacks;
using EdgeRuntime.Simulator.Torture;

return args is ["attacks"] ? AttackList.Print(Console.Out) : TortureCommand.Run(args, Console.Out, Console.Error);
