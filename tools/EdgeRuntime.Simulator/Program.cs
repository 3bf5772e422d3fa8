using EdgeRuntime.Simulator.Attacks;
using EdgeRuntime.Simulator.Network;
using EdgeRuntime.Simulator.Torture;

return args switch
{
    ["attacks"] => AttackList.Print(Console.Out),
    ["relay", .. string[] words] => Relay.Run(words, Console.Out, Console.Error),
    _ => TortureCommand.Run(args, Console.Out, Console.Error),
};
